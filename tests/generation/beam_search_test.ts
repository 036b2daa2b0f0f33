/** Beam search against the list of all rows, and where transformers 4.36.2 does otherwise. */
import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { openBackend } from "../../device.ts";
import type { GenerationSettings } from "../../generation/settings.ts";
import { logSum } from "../../generation/softmax.ts";
import { generateCase } from "./generate_case.ts";
import { tableRow } from "./table_runner.ts";

const TABLE = { seed: 11, vocabulary: 5, scale: 3, ends: [2], bias: 0 };

/** Generates without an encoder from the id 1. */
async function run(settings: GenerationSettings, table = TABLE) {
  using backend = await openBackend("cpu");
  const result = await generateCase(backend, {
    table,
    settings: { pad_token_id: 0, eos_token_id: null, ...settings },
    input_ids: [[1]],
    is_encoder_decoder: false,
  });
  result.past_key_values.dispose();
  return result;
}

/** Log-probabilities of the next id. */
function logProbabilities(ids: readonly number[]): number[] {
  const logits = tableRow(TABLE, TABLE.seed, ids).map(Math.fround);
  const sum = logSum(logits);
  return [...logits].map((logit) => logit - sum);
}

/** All rows that a rule allows, with their sums; a row ends with `end`. */
function allRows(
  count: number,
  isAllowed: (ids: readonly number[], id: number) => boolean,
  end?: number,
): { ids: number[]; sum: number }[] {
  let open = [{ ids: [1], sum: 0 }];
  const ended: typeof open = [];
  for (let n = 0; n < count; n++) {
    const next = open.flatMap(({ ids, sum }) =>
      logProbabilities(ids).map((score, id) => ({ ids: [...ids, id], sum: sum + score }))
        .filter((row) => isAllowed(ids, row.ids[row.ids.length - 1]))
    );
    open = next.filter(({ ids }) => ids[ids.length - 1] !== end);
    ended.push(...next.filter(({ ids }) => ids[ids.length - 1] === end));
  }
  return [...ended, ...open].sort((a, b) => b.sum - a.sum);
}

Deno.test("as many beams as there are rows find the best of all rows", async () => {
  const expected = allRows(3, () => true, 2).slice(0, 6);
  const { rows, sequences_scores } = await run({
    num_beams: 125,
    num_return_sequences: 6,
    max_new_tokens: 3,
    eos_token_id: 2,
    length_penalty: 0,
  });
  const unpadded = rows.map((row) => {
    const end = row.indexOf(2);
    return end === -1 ? row : row.slice(0, end + 1);
  });
  assertEquals(unpadded, expected.map(({ ids }) => ids));
  expected.forEach(({ sum }, i) => assertAlmostEquals(sequences_scores!.data[i], sum, 1e-5));
});

Deno.test("fewer candidates than beams: the row goes on with those, nothing banned comes", async () => {
  const isAllowed = (_: readonly number[], id: number) => id === 3 || id === 4;
  const expected = allRows(3, isAllowed).slice(0, 3);
  const { rows } = await run({
    num_beams: 3,
    num_return_sequences: 3,
    max_new_tokens: 3,
    suppress_tokens: [0, 1, 2],
  });
  assertEquals(rows, expected.map(({ ids }) => ids));
});

Deno.test("a vocabulary that is used up ends the search with what it has, or is an error", async () => {
  // Without repeated ids a row has at most five.
  const used = { no_repeat_ngram_size: 1, max_new_tokens: 9, num_beams: 2 };
  await assertRejects(
    () => run(used),
    RangeError,
    "no id is possible under no_repeat_ngram_size",
  );
  const { rows } = await run({ ...used, eos_token_id: 2, early_stopping: true });
  assert(rows[0].includes(2));
  await assertRejects(() => run({ ...used, num_beams: 1 }), RangeError, "Cannot continue row 0");
});

Deno.test("an id that is forced and suppressed is an error that names both", async () => {
  for (const num_beams of [1, 2]) {
    await assertRejects(
      () => run({ num_beams, forced_bos_token_id: 3, suppress_tokens: [3] }),
      RangeError,
      "forced_bos_token_id, suppress_tokens",
    );
  }
});

Deno.test("fewer finished rows than are wanted is an error", async () => {
  // Nothing follows 3, and only the end follows 4.
  const settings = {
    num_beams: 2,
    eos_token_id: 2,
    begin_suppress_tokens: [0, 1, 2],
    bad_words_ids: [...[0, 1, 2, 3, 4].map((id) => [3, id]), ...[0, 1, 3, 4].map((id) => [4, id])],
  };
  assertEquals((await run(settings)).rows, [[1, 4, 2]]);
  await assertRejects(
    () => run({ ...settings, num_return_sequences: 2 }),
    RangeError,
    "Cannot return 2 sequences for row 0: its beams found 1 under bad_words_ids",
  );
});

Deno.test("beam sampling with a forced id goes on with what can be drawn", async () => {
  const settings = { do_sample: true, seed: 4, num_beams: 3, max_new_tokens: 4 };
  const { rows } = await run({ ...settings, forced_bos_token_id: 3 });
  assertEquals(rows[0].slice(0, 2), [1, 3]);
  // All of four ids end a row: 4.36.2 stops with an error.
  await run({ ...settings, eos_token_id: [0, 2, 3] });
});

Deno.test("a row ends with the id that ended it, whichever of several it is", async () => {
  const ends = new Set<number>();
  for (let seed = 0; seed < 40; seed++) {
    const { rows } = await run(
      { num_beams: 2, eos_token_id: [2, 3], max_new_tokens: 8 },
      { ...TABLE, seed },
    );
    const last = rows[0].slice(1).find((id) => id === 2 || id === 3);
    if (last !== undefined) ends.add(last);
  }
  assertEquals([...ends].sort(), [2, 3]);
});

Deno.test("an end that is banned stays banned under an exponential decay", async () => {
  for (const num_beams of [1, 2]) {
    const { rows } = await run({
      num_beams,
      eos_token_id: 2,
      min_length: 5,
      max_new_tokens: 9,
      exponential_decay_length_penalty: [0, 3],
    });
    assert(rows[0].slice(0, 5).every((id) => id !== 2), `${rows[0]}`);
    assert(rows[0].includes(2), `${rows[0]}`);
  }
});

Deno.test("of equal rows the one that was finished last comes first, of groups the later one's", async () => {
  const equal = { ...TABLE, scale: 0 };
  const settings = { num_beams: 2, num_return_sequences: 2, max_new_tokens: 1 };
  assertEquals((await run(settings, equal)).rows, [[1, 1], [1, 0]]);
  const groups = { ...settings, num_beam_groups: 2, diversity_penalty: 1e-9 };
  const { rows, sequences_scores } = await run(groups, equal);
  assertEquals(sequences_scores!.data[0], sequences_scores!.data[1]);
  assertEquals(rows, [[1, 1], [1, 0]]);
});
