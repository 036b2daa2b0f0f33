import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  EpsilonLogitsWarper,
  EtaLogitsWarper,
  MinPLogitsWarper,
} from "../../generation/score_rules/cutoffs.ts";
import { ExponentialDecayLengthPenalty } from "../../generation/score_rules/exponential_decay.ts";
import { ForceTokensLogitsProcessor } from "../../generation/score_rules/forced_tokens.ts";
import { LogitsProcessor, type Scores } from "../../generation/score_rules/logits_processor.ts";
import {
  EncoderNoRepeatNGramLogitsProcessor,
  NoRepeatNGramLogitsProcessor,
} from "../../generation/score_rules/no_repeat_ngram.ts";
import { RepetitionPenaltyLogitsProcessor } from "../../generation/score_rules/repetition_penalty.ts";
import { TopKLogitsWarper } from "../../generation/score_rules/top_k.ts";
import { TopPLogitsWarper } from "../../generation/score_rules/top_p.ts";
import { TypicalLogitsWarper } from "../../generation/score_rules/typical.ts";
import {
  NoBadWordsLogitsProcessor,
  SequenceBiasLogitsProcessor,
} from "../../generation/score_rules/word_lists.ts";
import { possibleIds, probabilities } from "../../generation/softmax.ts";
import { Random } from "../../tensor/random.ts";
import { Tensor } from "../../tensor/tensor.ts";

/** The ids that a rule leaves. */
function left(rule: LogitsProcessor, scores: readonly number[], ids: readonly number[] = []) {
  const changed = Float64Array.from(scores);
  rule.apply(ids, changed);
  return possibleIds(changed);
}

Deno.test("a rule changes each row of a tensor of its own ids", () => {
  const logits = new Tensor("float32", new Float32Array([1, 2, 3, 4, -4, 6]), [2, 3]);
  const rule = new RepetitionPenaltyLogitsProcessor(2);
  assertEquals(rule([[2n, 2n], [0n, 1n]], logits), logits);
  assertEquals([...logits.data], [1, 2, 1.5, 2, -8, 6]);
});

Deno.test("a rule with neither _call() nor apply() is an error that names it", () => {
  class Nothing extends LogitsProcessor {}
  const logits = new Tensor("float32", new Float32Array(2), [1, 2]);
  assertThrows(() => new Nothing()([[0n]], logits), TypeError, "Nothing");
});

Deno.test("top_k: equals of the last stay; no fewer than are to be kept", () => {
  assertEquals(left(new TopKLogitsWarper(2), [3, 1, 2, 2, 0]), [0, 2, 3]);
  assertEquals(left(new TopKLogitsWarper(1, { min_tokens_to_keep: 2 }), [3, 1, 2]), [0, 2]);
  assertEquals(left(new TopKLogitsWarper(9), [3, -Infinity, 2]), [0, 2]);
});

Deno.test("top_p: of equals the higher id goes first; the last never goes", () => {
  // Four quarters: three may go at p = 0.25, two at 0.5.
  assertEquals(left(new TopPLogitsWarper(0.25), [1, 1, 1, 1]), [0]);
  assertEquals(left(new TopPLogitsWarper(0.5), [1, 1, 1, 1]), [0, 1]);
  assertEquals(left(new TopPLogitsWarper(0.6), [1, 1, 1, 1]), [0, 1, 2]);
  assertEquals(left(new TopPLogitsWarper(0), [1, 1, 1, 1]), [0]);
  assertEquals(left(new TopPLogitsWarper(0, { min_tokens_to_keep: 3 }), [1, 5, 1, 2]), [0, 1, 3]);
});

Deno.test("top_p by its definition, with many equals", () => {
  const random = new Random(3);
  for (let round = 0; round < 300; round++) {
    const scores = Array.from(
      { length: 12 },
      () => random.uniform() < 0.2 ? -Infinity : random.nextUint32() % 4,
    );
    scores[round % 12] = 1;
    const p = random.uniform();
    const shares = probabilities(Float64Array.from(scores));
    const ids = possibleIds(Float64Array.from(scores)).sort((a, b) =>
      scores[a] - scores[b] || b - a
    );
    let sum = 0;
    const stays = ids.filter((id, i) => (sum += shares[id]) > 1 - p || i === ids.length - 1);
    assertEquals(left(new TopPLogitsWarper(p), scores), stays.sort((a, b) => a - b));
  }
});

Deno.test("typical_p: the closest to the entropy; no fewer than are to be kept", () => {
  // q = 1/2, 1/4, 1/8, 1/8: entropy 1.75 bits, distances 0.75, 0.25, 1.25, 1.25 bits.
  const scores = [0.5, 0.25, 0.125, 0.125].map(Math.log);
  assertEquals(left(new TypicalLogitsWarper(0.2), scores), [1]);
  assertEquals(left(new TypicalLogitsWarper(0.7), scores), [0, 1]);
  assertEquals(left(new TypicalLogitsWarper(0.8), scores), [0, 1, 2, 3]);
  assertEquals(left(new TypicalLogitsWarper(0.2, { min_tokens_to_keep: 2 }), scores), [0, 1]);
});

Deno.test("cutoffs: below ε, or below √ε·exp(−entropy); the largest stay", () => {
  const scores = [0.5, 0.25, 0.125, 0.125].map(Math.log);
  assertEquals(left(new EpsilonLogitsWarper(0.2), scores), [0, 1]);
  assertEquals(left(new EpsilonLogitsWarper(0.9), scores), [0]);
  assertEquals(left(new EpsilonLogitsWarper(0.9, { min_tokens_to_keep: 2 }), scores), [0, 1]);
  // √0.5·2^−1.75 = 0.21
  assertEquals(left(new EtaLogitsWarper(0.5), scores), [0, 1]);
  // As MinPLogitsWarper of transformers 5.24.
  assertEquals(left(new MinPLogitsWarper(0), scores), [0, 1, 2, 3]);
  assertEquals(left(new MinPLogitsWarper(0.4), scores), [0, 1]);
  assertEquals(left(new MinPLogitsWarper(0.6), scores), [0]);
  assertEquals(left(new MinPLogitsWarper(1), scores), [0]);
  assertEquals(left(new MinPLogitsWarper(1, { min_tokens_to_keep: 2 }), scores), [0, 1]);
});

Deno.test("n-grams: shorter rows, the start included, an input that is shorter", () => {
  const zeros = Array(5).fill(0);
  assertEquals(left(new NoRepeatNGramLogitsProcessor(1), zeros, [0, 3]), [1, 2, 4]);
  assertEquals(left(new NoRepeatNGramLogitsProcessor(3), zeros, [1]), [0, 1, 2, 3, 4]);
  assertEquals(left(new NoRepeatNGramLogitsProcessor(3), zeros, [1, 1, 1]), [0, 2, 3, 4]);
  assertEquals(left(new EncoderNoRepeatNGramLogitsProcessor(3, [1]), zeros, [1, 1]), [
    0,
    1,
    2,
    3,
    4,
  ]);
  assertEquals(left(new EncoderNoRepeatNGramLogitsProcessor(2, [1, 3]), zeros, [1]), [0, 1, 2, 4]);
  assertEquals(left(new EncoderNoRepeatNGramLogitsProcessor(1, [4, 4]), zeros, [2]), [0, 1, 2, 3]);
});

Deno.test("a bad word needs a row that is as long as it", () => {
  const rule = new NoBadWordsLogitsProcessor([[1, 2], [0, 1, 3]], 0);
  assertEquals(left(rule, [0, 0, 0, 0], [1]), [0, 1, 2, 3]);
  assertEquals(left(rule, [0, 0, 0, 0], [0, 1]), [0, 1, 3]);
  assertEquals(left(rule, [0, 0, 0, 0], [2, 0, 1]), [0, 1]);
  assertEquals(left(rule, [0, 0, 0, 0], [1, 0]), [0, 1, 2, 3]);
});

Deno.test("a place that is forced to null is free", () => {
  const rule = new ForceTokensLogitsProcessor([[1, null], [2, 3]]);
  assertEquals(left(rule, [0, 0, 0, 0], [5]), [0, 1, 2, 3]);
  assertEquals(left(rule, [0, 0, 0, 0], [5, 5]), [3]);
});

Deno.test("a decay beyond all numbers leaves numbers", () => {
  const scores: Scores = new Float32Array([0, -2, -Infinity]);
  new ExponentialDecayLengthPenalty([0, 1e300], [0, 1, 2], 0).apply([1, 1, 1], scores);
  assertEquals([...scores], [0, Math.fround(1e30), -Infinity]);
});

Deno.test("words by their definition, drawn at random, some of them twice", () => {
  const random = new Random(8);
  const id = () => random.nextUint32() % 4;
  const draw = (length: number) => Array.from({ length }, id);
  for (let round = 0; round < 200; round++) {
    const words = Array.from({ length: 9 }, () => draw(1 + random.nextUint32() % 3));
    const row = draw(random.nextUint32() % 5);
    const completed = words.flatMap((word, i) => {
      const before = word.slice(0, -1);
      const end = row.slice(row.length - before.length);
      const isLong = word.length === 1 || row.length >= word.length;
      const fits = isLong && String(end) === String(before);
      return fits ? [[word[word.length - 1], i + 1]] : [];
    });
    const wanted = new Float64Array(4);
    for (const [last, bias] of completed) wanted[last] += bias;
    const scores = new Float64Array(4);
    new SequenceBiasLogitsProcessor(words.map((word, i) => [word, i + 1])).apply(row, scores);
    assertEquals(scores, wanted);
    const banned = new Set(completed.map(([last]) => last));
    const kept = [0, 1, 2, 3].filter((each) => !banned.has(each));
    assertEquals(left(new NoBadWordsLogitsProcessor(words), [0, 0, 0, 0], row), kept);
  }
});

Deno.test("a step costs the same, however many words are banned", () => {
  const words = Array.from({ length: 200_000 }, (_, i) => [i % 1000, 7, Math.floor(i / 1000)]);
  const rule = new NoBadWordsLogitsProcessor(words);
  let reads = 0;
  const row = new Proxy([3, 999, 7], {
    get: (target, key) => (reads++, Reflect.get(target, key)),
  });
  const scores = new Float64Array(1000);
  rule.apply(row, scores);
  assertEquals(possibleIds(scores).length, 800);
  assert(reads < 10, `${reads} reads of the row`);
});
