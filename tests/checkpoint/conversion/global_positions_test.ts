import { assertEquals, assertThrows } from "@std/assert";
import { globalPositions } from "../../../checkpoint/conversion/global_positions.ts";

Deno.test("globalPositions() begins with positions a stride apart, then shifts them by one", () => {
  const order = [...globalPositions(512, 64)];
  assertEquals(order.slice(0, 10), [0, 64, 128, 192, 256, 320, 384, 448, 1, 65]);
  assertEquals([...order].sort((a, b) => a - b), Array.from({ length: 512 }, (_, i) => i));
});

Deno.test("globalPositions() uses every k-th position of a longer table", () => {
  const order = globalPositions(1024, 64);
  assertEquals([...order.slice(0, 3)], [0, 64, 128]);
  assertEquals([...order.slice(15, 19)], [960, 2, 66, 130]);
  assertEquals(new Set(order).size, 512);
});

Deno.test("globalPositions() accepts the smallest and the largest stride", () => {
  const inOrder = Int32Array.from({ length: 512 }, (_, i) => i);
  assertEquals(globalPositions(512, 512), inOrder);
  assertEquals(globalPositions(512, 1), inOrder);
});

Deno.test("globalPositions() throws on strides that do not divide", () => {
  for (const stride of [0, -64, 3, 1024, 0.5, NaN]) {
    assertThrows(() => globalPositions(512, stride), RangeError, "global_positional_stride");
  }
  // With k = 3 the stride must be a multiple of 3, and a third of it a divisor of 512.
  assertThrows(() => globalPositions(1536, 64), RangeError, "3 times a divisor of 512");
  assertEquals(globalPositions(1536, 48)[1], 48);
});

Deno.test("globalPositions() throws on tables that are not a multiple of 512", () => {
  for (const positions of [0, 511, 700]) {
    assertThrows(() => globalPositions(positions, 64), RangeError, "wanted a multiple of 512");
  }
});
