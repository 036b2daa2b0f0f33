import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { answerSpans } from "../../pipelines/answer_spans.ts";
import { Random } from "../../tensor/random.ts";

const even = (length: number) => new Float32Array(length);

Deno.test("answerSpans() has no answer that ends before it starts or is too long", () => {
  const tokens = { document: [2, 3, 4], none: [0] };
  const { spans } = answerSpans(even(6), even(6), tokens, 2);
  const all = [...spans];
  assertEquals(all.map(({ start, end }) => [start, end]), [[2, 2], [2, 3], [3, 3], [3, 4], [
    4,
    4,
  ]]);
  // Each probability is a quarter: three tokens of the document and the one for none.
  assertEquals(all.map(({ score }) => score), new Array(5).fill(1 / 16));
});

Deno.test("answerSpans() gives the probability of no answer", () => {
  const tokens = { document: [1], none: [0] };
  assertEquals(answerSpans(even(2), even(2), tokens, 15).nullScore, 1 / 4);
  assertEquals(answerSpans(even(2), even(2), { document: [1], none: [] }, 15).nullScore, 0);
  const none = answerSpans(even(2), even(2), { document: [], none: [0] }, 15);
  assertEquals([[...none.spans], none.nullScore], [[], 1]);
});

Deno.test("answerSpans() agrees with a comparison of all pairs", () => {
  const random = new Random(3);
  for (let round = 0; round < 50; round++) {
    const count = 2 + Math.floor(random.uniform() * 20);
    const [start, end] = [0, 1].map(() =>
      Float32Array.from({ length: count + 3 }, () => 4 * random.uniform())
    );
    const document = Array.from({ length: count }, (_, i) => i + 2);
    const longest = 1 + Math.floor(random.uniform() * count);
    const share = (values: Float32Array, token: number) => {
      const sum = [0, ...document].reduce((total, i) => total + Math.exp(values[i]), 0);
      return Math.exp(values[token]) / sum;
    };
    const all = document.flatMap((s) => document.map((e) => ({ s, e })))
      .filter(({ s, e }) => e >= s && e < s + longest)
      .map(({ s, e }) => share(start, s) * share(end, e));
    const spans = [...answerSpans(start, end, { document, none: [0] }, longest).spans];
    assertEquals(spans.length, all.length);
    // Sums of at most 22 terms, three more roundings for each factor.
    spans.forEach(({ score }, i) =>
      assertAlmostEquals(score, all[i], 60 * Number.EPSILON * all[i])
    );
  }
});

Deno.test("answerSpans() refuses scores that are not finite", () => {
  const tokens = { document: [1], none: [0] };
  const nan = new Float32Array([0, NaN]);
  assertThrows(() => answerSpans(nan, even(2), tokens, 15), RangeError, "NaN");
});
