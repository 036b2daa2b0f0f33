import { assertAlmostEquals, assertThrows } from "@std/assert";
import { compareEmbeddings } from "../../../bench/accuracy/sentences.ts";

const vector = (...values: number[]) => new Float32Array(values);

Deno.test("compareEmbeddings() is the mean and the worst cosine", () => {
  const { mean, worst } = compareEmbeddings(
    [vector(2, 0), vector(3, 4)],
    [vector(5, 0), vector(1, 0)],
  );
  assertAlmostEquals(mean, 0.8, 1e-12);
  assertAlmostEquals(worst, 0.6, 1e-12);
});

Deno.test("compareEmbeddings() rejects what has no cosine", () => {
  assertThrows(() => compareEmbeddings([], []), RangeError, "0 embeddings");
  assertThrows(() => compareEmbeddings([vector(1)], []), RangeError);
  assertThrows(() => compareEmbeddings([vector(0)], [vector(1)]), RangeError, "NaN");
});
