import { assertEquals, assertRejects } from "@std/assert";
import { openBackend } from "../../device.ts";
import { GenerationCache } from "../../generation/generation_cache.ts";
import { generateCase, type GenerationCase } from "./generate_case.ts";
import { TableRunner } from "./table_runner.ts";

const TABLE = { seed: 5, vocabulary: 30, scale: 6, ends: [2], bias: 1 };
const CASE: GenerationCase = {
  table: TABLE,
  settings: { max_new_tokens: 6, eos_token_id: 2, pad_token_id: 0 },
  input_ids: [[7, 8, 9], [10, 11]],
  is_encoder_decoder: false,
};

for (
  const [name, settings] of Object.entries({
    greedy: {},
    sampling: { do_sample: true, seed: 3, num_return_sequences: 2 },
    beams: { num_beams: 3, num_return_sequences: 2 },
    groups: { num_beams: 4, num_beam_groups: 2, diversity_penalty: 1, num_return_sequences: 3 },
  })
) {
  Deno.test(`${name}: a cache goes on where its rows ended, and gives what a new one gives`, async () => {
    using backend = await openBackend("cpu");
    const first = await generateCase(backend, {
      ...CASE,
      settings: { ...CASE.settings, ...settings },
    });
    const { past_key_values: cache, runner, rows } = first;
    // Each row without its padding, which is no part of it, and three ids more.
    const returned = rows.length / CASE.input_ids.length;
    const prompts = rows.map((row, i) => {
      const { length } = CASE.input_ids[Math.floor(i / returned)];
      const end = row.indexOf(2, 3);
      return [...row.slice(3 - length, end === -1 ? row.length : end + 1), 12, 13, 14];
    });
    cache.rows.forEach((held, i) => assertEquals(held, prompts[i].slice(0, -4)));
    runner.ran = [];
    const next = { ...CASE, input_ids: prompts };
    const cached = await generateCase(backend, {
      ...next,
      settings: { ...CASE.settings, past_key_values: cache },
    });
    assertEquals(runner.ran.slice(0, prompts.length), prompts.map((ids) => ids.slice(-4)));
    const fresh = await generateCase(backend, next);
    assertEquals(cached.rows, fresh.rows);
    assertEquals(cached.past_key_values, cache);
    cache.dispose();
    assertEquals(runner.disposed, true);
    await assertRejects(
      () => generateCase(backend, { ...next, settings: { past_key_values: cache } }),
      Error,
      "disposed",
    );
    fresh.past_key_values.dispose();
    assertEquals(backend.memory().tensors, 0);
  });
}

Deno.test("a cache refuses prompts that do not continue its rows, and stays", async () => {
  using backend = await openBackend("cpu");
  const { past_key_values, runner } = await generateCase(backend, CASE);
  const settings = { ...CASE.settings, past_key_values };
  for (
    const [input_ids, message] of [
      [[[7, 8, 9]], "2 rows of past_key_values with 1 prompts"],
      [[[7, 8, 9], [10, 11, 12]], "row 0 of past_key_values"],
    ] as const
  ) {
    await assertRejects(
      () => generateCase(backend, { ...CASE, settings, input_ids }),
      RangeError,
      message,
    );
    assertEquals(runner.disposed, false);
  }
  past_key_values.dispose();
});

Deno.test("a call that fails after it has begun disposes of its cache and of all tensors", async () => {
  using backend = await openBackend("cpu");
  for (const mode of [{}, { num_beams: 2 }, { do_sample: true, seed: 1 }]) {
    const { past_key_values, runner, rows } = await generateCase(backend, CASE);
    let steps = 0;
    const logits_processor = () => {
      if (++steps === 2) throw new Error("two steps");
    };
    const input_ids = past_key_values.rows.map((ids, i) => [...ids, rows[i][ids.length], 9]);
    const settings = { ...CASE.settings, ...mode, past_key_values, logits_processor };
    await assertRejects(
      () => generateCase(backend, { ...CASE, settings, input_ids }),
      Error,
      "two steps",
    );
    assertEquals(runner.disposed, true);
    assertEquals(backend.memory().tensors, 0);
  }
});

Deno.test("logits that are not numbers are an error, and nothing is left", async () => {
  using backend = await openBackend("cpu");
  const table = { ...TABLE, scale: NaN };
  for (const settings of [{}, { num_beams: 2 }, { output_scores: false }]) {
    await assertRejects(
      () => generateCase(backend, { ...CASE, table, settings: { ...CASE.settings, ...settings } }),
      RangeError,
      "not a number",
    );
    assertEquals(backend.memory().tensors, 0);
  }
});

Deno.test("a cache that a call got stays, even if only ids are wanted", async () => {
  using backend = await openBackend("cpu");
  const { past_key_values, rows, runner } = await generateCase(backend, {
    ...CASE,
    input_ids: [[7, 8, 9]],
    settings: { ...CASE.settings, eos_token_id: null },
  });
  const input_ids = rows.map((row) => [...row, 5]);
  const settings = {
    ...CASE.settings,
    past_key_values,
    return_dict_in_generate: false,
    output_scores: false,
  };
  const { rows: longer } = await generateCase(backend, { ...CASE, input_ids, settings });
  assertEquals(runner.disposed, false);
  assertEquals(past_key_values.rows[0], longer[0].slice(0, -1));
  past_key_values.dispose();
});

Deno.test("a cache that is disposed of while a call uses it ends the call, and nothing is left", async () => {
  using backend = await openBackend("cpu");
  for (const when of ["between steps", "in a step"]) {
    const { past_key_values, runner, rows } = await generateCase(backend, CASE);
    const step = runner.step.bind(runner);
    runner.step = (next) => {
      const logits = step(next);
      if (when === "in a step") past_key_values.dispose();
      assertEquals(runner.disposed, false); // its memory is in use
      return logits;
    };
    const logits_processor = () => past_key_values.dispose();
    const input_ids = past_key_values.rows.map((ids, i) => [...ids, rows[i][ids.length], 9]);
    const settings = { ...CASE.settings, past_key_values, logits_processor };
    await assertRejects(
      () => generateCase(backend, { ...CASE, settings, input_ids }),
      Error,
      "Cannot go on with past_key_values that were disposed",
    );
    assertEquals([past_key_values.rows, runner.disposed], [[], true]);
    assertEquals(backend.memory().tensors, 0);
  }
});

Deno.test("a cache that is disposed of while its first ids run stays so", async () => {
  using backend = await openBackend("cpu");
  const cache = new GenerationCache(new TableRunner(backend, TABLE, [TABLE.seed]));
  const begun = cache.begin([[7, 8]]);
  cache.dispose();
  await assertRejects(() => begun, Error, "that were disposed");
  await assertRejects(() => cache.begin([[7, 8]]), Error, "that were disposed");
  assertEquals(backend.memory().tensors, 0);
});
