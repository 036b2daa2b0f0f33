import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { CpuBackend } from "../../cpu/mod.ts";
import { openBackend } from "../../device.ts";
import {
  AutoModelForCausalLM,
  type DecoderGenerateInputs,
  type DecoderLM,
  LlamaForCausalLM,
} from "../../generation/mod.ts";
import { PIECE_IDS } from "../../models/decoder_runner.ts";
import type { PreTrainedOptions } from "../../models/mod.ts";
import { goldenPath } from "../models/golden_models.ts";
import { tinyCheckpoint } from "../helpers/tiny_checkpoint.ts";
import "../helpers/quiet_reference.ts";

const PROMPT = [7, 31, 12, 45, 9, 22, 17];

async function withLlama(
  body: (model: DecoderLM) => Promise<void>,
  options: PreTrainedOptions = {},
): Promise<void> {
  using backend = new CpuBackend();
  const source = goldenPath("decoders/llama");
  {
    using model = await AutoModelForCausalLM.from_pretrained(source, {
      device: backend,
      ...options,
    });
    const before = backend.memory();
    await body(model);
    assertEquals(backend.memory(), before);
  }
  assertEquals(backend.memory(), { tensors: 0, bytes: 0 });
}

const idsOf = async (model: DecoderLM, inputs: DecoderGenerateInputs) =>
  (await model.generate({ ...inputs, return_dict_in_generate: false })).tolist().map((row) =>
    (row as bigint[]).map(Number)
  );

Deno.test("a row gives the same alone and in a batch with padding on the left", () =>
  withLlama(async (model) => {
    const settings = { max_new_tokens: 9, pad_token_id: 1, repetition_penalty: 1.2 };
    const [long] = await idsOf(model, { input_ids: [PROMPT], ...settings });
    const [short] = await idsOf(model, { input_ids: [[8, 9]], ...settings });
    const padded = [PROMPT, [1, 1, 1, 1, 1, 8, 9]];
    const both = await idsOf(model, { input_ids: padded, ...settings });
    assertEquals(both[0], long);
    assertEquals(both[1].slice(5).slice(0, short.length), short);
    const masked = [PROMPT, [50, 51, 52, 53, 54, 8, 9]];
    const attention_mask = masked.map((row, b) => row.map((_, t) => Number(b === 0 || t >= 5)));
    const given = await idsOf(model, { input_ids: masked, attention_mask, ...settings });
    assertEquals(given.map((row) => row.slice(5)), both.map((row) => row.slice(5)));
  }));

for (const self_extend of [null, { group_size: 2, window_size: 5 }]) {
  Deno.test(`turns with past_key_values give what whole prompts give, ${JSON.stringify(self_extend)}`, () =>
    withLlama(async (model) => {
      const settings = { max_new_tokens: 6, eos_token_id: null, pad_token_id: 1 };
      const first = await model.generate({
        input_ids: [PROMPT],
        ...settings,
        return_dict_in_generate: true,
      });
      const answer = (first.sequences.tolist()[0] as bigint[]).map(Number);
      const input_ids = [[...answer, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42]];
      const wanted = await idsOf(model, { input_ids, ...settings });
      const { past_key_values } = first;
      assertEquals(await idsOf(model, { input_ids, ...settings, past_key_values }), wanted);
      // Other rotations of the keys that it holds are refused; the cache stays.
      const longer = [[...wanted[0], 5]];
      const other = { input_ids: longer, ...settings, past_key_values };
      await assertRejects(
        () => model.generate({ ...other, self_extend: { group_size: 3, window_size: 5 } }),
        RangeError,
        "they were made with",
      );
      assertEquals(
        await idsOf(model, { ...other, self_extend: "auto" }),
        await idsOf(model, { input_ids: longer, ...settings }),
      );
      past_key_values.dispose();
    }, { self_extend }));
}

Deno.test("samples and beams share their prompt, and start with bos without one", () =>
  withLlama(async (model) => {
    const drawn = { do_sample: true, seed: 5, num_return_sequences: 3, max_new_tokens: 5 };
    const samples = await idsOf(model, { input_ids: [PROMPT], ...drawn });
    assertEquals(samples.length, 3);
    for (const row of samples) assertEquals(row.slice(0, 7), PROMPT);
    assertEquals(samples, await idsOf(model, { input_ids: [PROMPT], ...drawn }));
    const beams = { num_beams: 4, num_return_sequences: 2, max_new_tokens: 5 };
    const [[first]] = await idsOf(model, beams);
    assertEquals(first, 1);
  }));

Deno.test("a cache of dynamic positions goes no further than it was made for", () =>
  withLlama(async (model) => {
    const settings = { pad_token_id: 1, eos_token_id: null };
    const { past_key_values } = await model.generate({
      input_ids: [PROMPT],
      max_length: 20,
      ...settings,
      return_dict_in_generate: true,
    });
    const input_ids = [[...past_key_values.rows[0], 5, 6]];
    const more = { input_ids, past_key_values, ...settings };
    await assertRejects(
      () => model.generate({ ...more, max_length: 50 }),
      RangeError,
      "dynamic positions were made for up to 20",
    );
    past_key_values.dispose();
  }, { config: { rope_scaling: { type: "dynamic", factor: 2 }, max_position_embeddings: 16 } }));

Deno.test("a class of one family refuses others, and memory is worked out before", async () => {
  await assertRejects(
    () => LlamaForCausalLM.from_pretrained(goldenPath("decoders/phi")),
    RangeError,
    "model_type phi",
  );
  await withLlama(async (model) => {
    await assertRejects(
      () => model.generate({ input_ids: [PROMPT], max_length: null, eos_token_id: null }),
      RangeError,
      "Cannot generate without an end",
    );
  });
  using backend = await openBackend("wasm");
  const source = goldenPath("decoders/llama");
  using model = await AutoModelForCausalLM.from_pretrained(source, { device: backend });
  await assertRejects(
    () => model.generate({ input_ids: [PROMPT], max_new_tokens: 1e9, self_extend: "auto" }),
    RangeError,
    "wanted shorter prompts, a smaller max_new_tokens",
  );
});

Deno.test("a decoder that counts positions from padding generates where it reads", async () => {
  for (const pad_token_id of [0, 1, 4]) {
    const config = { model_type: "roberta", is_decoder: true, pad_token_id };
    using model = await AutoModelForCausalLM.from_pretrained(
      await tinyCheckpoint("CausalLM", config),
      { device: "cpu" },
    );
    const input_ids = [[2, 5, 6]];
    const settings = { max_new_tokens: 1, eos_token_id: null } as const;
    const { scores, past_key_values } = await model.generate({
      input_ids,
      ...settings,
      return_dict_in_generate: true,
      output_scores: true,
    });
    past_key_values.dispose();
    const { logits } = await model({ input_ids });
    const wanted = (await logits.getData()).slice(-model.config.vocab_size);
    logits.dispose();
    for (const [id, score] of scores![0].data.entries()) {
      assertAlmostEquals(score, wanted[id], 1e-6);
    }
  }
});

Deno.test("token types are checked, count as 0, and need a model that has them", async () => {
  using bert = await AutoModelForCausalLM.from_pretrained(
    await tinyCheckpoint("CausalLM", { is_decoder: true }),
    { device: "cpu" },
  );
  const inputs = { input_ids: [[2, 5, 6]], max_new_tokens: 5, eos_token_id: null };
  const ids = await idsOf(bert, inputs);
  for (const token_type_ids of [[[0, 0, 0]], [[1, 1, 1]], null]) {
    assertEquals(await idsOf(bert, { ...inputs, token_type_ids }), ids);
  }
  await assertRejects(() => bert.generate({ ...inputs, token_type_ids: [[2, 0, 0]] }), RangeError);
  await withLlama(async (model) => {
    await assertRejects(
      () => model.generate({ ...inputs, token_type_ids: [[0, 0, 0]] }),
      TypeError,
      "a llama model has no token types, wanted the tokenizer's return_token_type_ids: false",
    );
  });
});

Deno.test("a signal acts while a long prompt is read, of a new cache and of one that goes on", async () => {
  let settled: (() => void) | undefined;
  class SettlingBackend extends CpuBackend {
    override settle(): Promise<void> {
      settled?.();
      return super.settle();
    }
  }
  using backend = new SettlingBackend();
  using model = await AutoModelForCausalLM.from_pretrained(
    await tinyCheckpoint("CausalLM", {
      model_type: "llama",
      num_key_value_heads: 2,
      max_position_embeddings: 2000,
    }),
    { device: backend },
  );
  const held = backend.memory();
  const settings = { max_new_tokens: 2, eos_token_id: null, self_extend: null } as const;
  const input_ids = [Array.from({ length: 3 * PIECE_IDS }, () => 5)];
  for (const num_beams of [1, 2]) {
    for (const isCached of [false, true]) {
      const past_key_values = !isCached ? null : (await model.generate({
        input_ids: [[5]],
        return_dict_in_generate: true,
        ...settings,
      })).past_key_values;
      if (past_key_values) input_ids[0].splice(0, 2, ...past_key_values.rows[0]);
      const controller = new AbortController();
      let pieces = 0;
      settled = () => {
        pieces++;
        controller.abort(new Error("enough"));
      };
      const { signal } = controller;
      await assertRejects(
        () => model.generate({ input_ids, ...settings, num_beams, past_key_values, signal }),
        Error,
        "enough",
      );
      assertEquals(pieces, 1);
      assertEquals(backend.memory(), held);
      settled = undefined;
    }
  }
});

for (const dtype of ["fp16", "q8"] as const) {
  Deno.test(`${dtype} weights on wasm give nearly the same scores, with a cache too`, async () => {
    const source = goldenPath("decoders/llama");
    const scoresOf = async (dtype: "fp32" | "fp16" | "q8") => {
      using model = await AutoModelForCausalLM.from_pretrained(source, { device: "wasm", dtype });
      const output = await model.generate({
        input_ids: [PROMPT],
        max_new_tokens: 3,
        // The same ids in any case, so that scores can be compared.
        forced_decoder_ids: [[7, 20], [8, 21], [9, 22]],
        return_dict_in_generate: true,
      });
      const { past_key_values } = output;
      const runner = await past_key_values.runner.step([{ parent: 0, ids: [23] }]);
      const scores = await runner.getData();
      runner.dispose();
      past_key_values.dispose();
      return scores;
    };
    const [exact, rounded] = [await scoresOf("fp32"), await scoresOf(dtype)];
    const largest = Math.max(...exact.map(Math.abs));
    const error = Math.max(...exact.map((x, i) => Math.abs(x - rounded[i])));
    // The file holds halves, so that those are exact; 8 bits lose a 250th of a row's largest value.
    assert(error <= (dtype === "fp16" ? 1e-5 : 0.1) * largest, `${error} of ${largest}`);
    assert(dtype === "fp16" || error > 0);
  });
}
