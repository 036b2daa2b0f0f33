import { assertAlmostEquals, assertEquals } from "@std/assert";
import { answerSpans } from "../../pipelines/answer_spans.ts";
import { documentAnswers, type WindowScores } from "../../pipelines/document_answers.ts";
import type { DocumentWindow } from "../../pipelines/document_windows.ts";
import { Random } from "../../tensor/random.ts";

/** Windows of `length` of the document's tokens, each `step` further, behind a token for "none". */
function windowsOf(count: number, length: number, step: number): DocumentWindow[] {
  const windows: DocumentWindow[] = [];
  for (let first = 0; first === 0 || first + length - step < count; first += step) {
    const tokens = Array.from({ length: Math.min(length, count - first) }, (_, i) => first + i);
    const values = (of: (token: number) => number) => Int32Array.from([0, ...tokens.map(of)]);
    const document = tokens.map((_, i) => i + 1);
    windows.push({
      ...{ sample: 0, ids: values(() => 1), mask: values(() => 1), special: values(() => 0) },
      ...{ starts: values((token) => 5 * token), ends: values((token) => 5 * token + 4) },
      ...{ words: values((token) => token), tokens: { document, none: [0] } },
    });
  }
  return windows;
}

Deno.test("documentAnswers() agrees with the sums of all places at once", async () => {
  const random = new Random(7);
  const below = (count: number) => Math.floor(random.uniform() * count);
  for (let round = 0; round < 40; round++) {
    const length = 2 + below(60);
    const windows = windowsOf(1 + below(300), length, 1 + below(length));
    const scores = windows.map(({ ids }): WindowScores => {
      const draw = () => Float32Array.from(ids, () => 4 * random.uniform());
      return [draw(), draw()];
    });
    const [maxLength, count] = [1 + below(20), 1 + below(8)];
    const sums = new Map<string, number>();
    let least = Infinity;
    for (const [i, { starts, ends, tokens }] of windows.entries()) {
      const { spans, nullScore } = answerSpans(...scores[i], tokens, maxLength);
      least = Math.min(least, nullScore);
      for (const { start, end, score } of spans) {
        const place = `${starts[start]} ${ends[end]}`;
        sums.set(place, (sums.get(place) ?? 0) + score);
      }
    }
    const choice = { count, maxLength, alignToWords: true };
    const { best, nullScore } = await documentAnswers(windows, scores, choice);
    const wanted = [...sums].sort(([, a], [, b]) => b - a).slice(0, count);
    assertEquals(nullScore, least);
    assertEquals(best.map(({ start, end }) => `${start} ${end}`), wanted.map(([place]) => place));
    // Sums in another order, of as many terms as there are windows.
    best.forEach(({ score }, i) => assertAlmostEquals(score, wanted[i][1], 1e-13));
  }
});

Deno.test("documentAnswers() gives of equal scores the one whose start was found first", async () => {
  const windows = windowsOf(600, 40, 20);
  const even = windows.map(({ ids }): WindowScores => [
    new Float32Array(ids.length),
    new Float32Array(ids.length),
  ]);
  const choice = { count: 3, maxLength: 4, alignToWords: true };
  const { best } = await documentAnswers(windows, even, choice);
  // The first places that two windows show.
  assertEquals(best.map(({ start, end }) => [start, end]), [[100, 104], [100, 109], [100, 114]]);
});
