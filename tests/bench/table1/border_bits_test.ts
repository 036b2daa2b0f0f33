import { assertEquals, assertThrows } from "@std/assert";
import { borderBits } from "../../../bench/table1/border_bits.ts";

const guess = (place: number, bits: number) => ({ place, bits, best: 0, isRight: false });

Deno.test("borderBits() takes the nearest border between two copies of 512 positions", () => {
  const guesses = [
    ...[496, 511, 512, 527, 1024 + 15].map((place) => guess(place, 1)),
    ...[495, 528, 575, 448].map((place) => guess(place, 2)),
    // The ends of the window are no borders.
    ...[0, 447, 576, 800, 1500].map((place) => guess(place, 4)),
  ];
  assertEquals(borderBits(guesses), [1, 2, 4]);
  assertEquals(borderBits([...guesses, guess(512, 7)]), [2, 2, 4]);
});

Deno.test("borderBits() refuses windows without tokens of a class", () => {
  assertThrows(() => borderBits([guess(512, 1), guess(700, 1)]), RangeError, "no values");
});
