import { assertEquals, assertThrows } from "@std/assert";
import { computeBorderBits } from "../../../bench/table1/border_bits.ts";

const predict = (position: number, bits: number) => ({ position, bits, best: 0, isCorrect: false });

Deno.test("computeBorderBits() uses the nearest border between two copies of 512 positions", () => {
  const predictions = [
    ...[496, 511, 512, 527, 1024 + 15].map((position) => predict(position, 1)),
    ...[495, 528, 575, 448].map((position) => predict(position, 2)),
    // The ends of the window are not borders.
    ...[0, 447, 576, 800, 1500].map((position) => predict(position, 4)),
  ];
  assertEquals(computeBorderBits(predictions), [1, 2, 4]);
  assertEquals(computeBorderBits([...predictions, predict(512, 7)]), [2, 2, 4]);
});

Deno.test("computeBorderBits() rejects windows without tokens of a class", () => {
  assertThrows(
    () => computeBorderBits([predict(512, 1), predict(700, 1)]),
    RangeError,
    "no values",
  );
});
