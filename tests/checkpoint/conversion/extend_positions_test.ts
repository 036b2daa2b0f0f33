import { assertEquals, assertThrows } from "@std/assert";
import { extendPositions } from "../../../checkpoint/conversion/extend_positions.ts";

Deno.test("extendPositions() repeats positions for every length, but not the rows before position 0", () => {
  for (const [positions, width, offset] of [[5, 1, 2], [3, 2, 0], [1, 3, 1]]) {
    const table = Float32Array.from({ length: (offset + positions) * width }, (_, i) => i);
    for (let length = 1; length <= 3 * positions + 1; length++) {
      const extended = extendPositions(table, width, offset, length);
      assertEquals(extended.length, (offset + length) * width);
      extended.forEach((value, i) => {
        const row = Math.floor(i / width);
        const source = row < offset ? row : offset + (row - offset) % positions;
        assertEquals(value, table[source * width + i % width]);
      });
    }
  }
});

Deno.test("extendPositions() throws on a table without positions", () => {
  const table = new Float32Array([1, 2, 3, 4]);
  assertThrows(
    () => extendPositions(table, 2, 2, 8),
    RangeError,
    "wanted more than the 2 before position 0",
  );
});

Deno.test("extendPositions() throws on a length that exceeds memory", () => {
  const table = new Float32Array(2 * 256);
  assertThrows(() => extendPositions(table, 256, 0, 1e9), RangeError, "1000000000 rows of 256");
});
