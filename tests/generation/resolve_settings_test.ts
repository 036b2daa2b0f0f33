import { assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { checkpointSettings } from "../../generation/checkpoint_settings.ts";
import { resolveSettings } from "../../generation/resolve_settings.ts";
import type { GenerationSettings } from "../../generation/settings.ts";
import { warningsOf } from "../helpers/warnings_of.ts";

const FACTS = { vocabulary: 50, limit: 64, hasEncoder: true };
const resolve = (
  call: object,
  checkpoint: GenerationSettings = {},
  task: GenerationSettings = {},
) => resolveSettings(call as GenerationSettings, { checkpoint, task }, FACTS);

Deno.test("the call comes before the task, the task before the checkpoint, that before defaults", () => {
  const checkpoint = { num_beams: 4, length_penalty: 2, min_length: 5, top_k: 7 };
  const settings = resolve({ num_beams: 2 }, checkpoint, { length_penalty: 0.5, num_beams: 3 });
  assertEquals(settings.num_beams, 2);
  assertEquals(settings.length_penalty, 0.5);
  assertEquals(settings.min_length, 5);
  assertEquals(settings.top_k, 7);
  assertEquals(settings.top_p, 1);
  assertEquals(resolve({}).top_k, 50);
  assertEquals(resolve({}).max_length, 20);
});

Deno.test("null in the call is none, whatever the checkpoint says; undefined is absent", () => {
  const checkpoint = { eos_token_id: 2, num_beams: 4, top_k: 7, forced_eos_token_id: 2 };
  const none = { eos_token_id: null, num_beams: null, top_k: null, forced_eos_token_id: null };
  const settings = resolve(none, checkpoint);
  assertEquals(settings.eos_token_id, []);
  assertEquals(settings.forced_eos_token_id, []);
  assertEquals(settings.num_beams, 1);
  assertEquals(settings.top_k, 0);
  assertEquals(resolve({ eos_token_id: undefined }, checkpoint).eos_token_id, [2]);
});

Deno.test("the first source with a length decides; max_new_tokens comes before max_length", () => {
  const lengths = (call: object, checkpoint: GenerationSettings = {}) => {
    const { max_length, max_new_tokens, isLengthCalled } = resolve(call, checkpoint);
    return [max_length, max_new_tokens, isLengthCalled];
  };
  assertEquals(lengths({ max_length: 9, max_new_tokens: 5 }), [undefined, 5, true]);
  assertEquals(lengths({ max_length: 9 }, { max_new_tokens: 5 }), [9, undefined, true]);
  assertEquals(lengths({}, { max_new_tokens: 5, max_length: 9 }), [undefined, 5, false]);
  assertEquals(lengths({ max_new_tokens: null }, { max_new_tokens: 5, max_length: 9 }), [
    9,
    undefined,
    false,
  ]);
  assertEquals(lengths({ max_length: null }, { max_length: 9 }), [undefined, undefined, false]);
});

/** What is refused, and what the message says. */
const REFUSED: readonly (readonly [object, typeof TypeError | typeof RangeError, string])[] = [
  [{ num_beam: 4 }, TypeError, "num_beam"],
  [{ temperature: 0 }, RangeError, "temperature 0: wanted a number > 0"],
  [{ temperature: "hot" }, TypeError, 'temperature "hot"'],
  [{ temperature: NaN }, RangeError, "temperature NaN"],
  [{ top_p: 1.5 }, RangeError, "top_p 1.5: wanted a number from 0 to 1"],
  [{ typical_p: 0 }, RangeError, "typical_p 0"],
  [{ min_p: 1.5 }, RangeError, "min_p 1.5: wanted a number from 0 to 1"],
  [{ watermarking_config: {} }, RangeError, "watermarking_config"],
  [{ epsilon_cutoff: 1 }, RangeError, "epsilon_cutoff 1"],
  [{ repetition_penalty: 0 }, RangeError, "repetition_penalty 0"],
  [{ encoder_repetition_penalty: -1 }, RangeError, "encoder_repetition_penalty -1"],
  [{ no_repeat_ngram_size: 1.5 }, RangeError, "no_repeat_ngram_size 1.5: wanted a whole number"],
  [{ max_length: 0 }, RangeError, "max_length 0"],
  [{ max_new_tokens: 2.5 }, RangeError, "max_new_tokens 2.5"],
  [{ num_beams: 1e9 }, RangeError, "num_beams 1000000000: wanted a whole number from 1 to 1024"],
  [{ early_stopping: "always" }, RangeError, 'early_stopping "always": wanted true, false'],
  [{ early_stopping: 1 }, TypeError, "early_stopping 1"],
  [{ num_beams: 2, num_return_sequences: 3 }, RangeError, "num_return_sequences 3: wanted at most"],
  [{ num_return_sequences: 2 }, RangeError, "num_return_sequences 2: wanted 1, or num_beams"],
  [{ num_beams: 4, num_beam_groups: 3, diversity_penalty: 1 }, RangeError, "num_beam_groups 3"],
  [{ num_beams: 4, num_beam_groups: 2 }, RangeError, "wanted a diversity_penalty > 0"],
  [
    { num_beams: 4, num_beam_groups: 2, diversity_penalty: 1, do_sample: true },
    RangeError,
    "num_beam_groups 2 and do_sample",
  ],
  [{ eos_token_id: 50 }, RangeError, "the id 50 in eos_token_id: wanted 0 … 49"],
  [{ bad_words_ids: [[3, 99]] }, RangeError, "the id 99 in bad_words_ids"],
  [{ bad_words_ids: [[]] }, RangeError, "bad_words_ids [[]]"],
  [{ sequence_bias: [[[3], "much"]] }, RangeError, "sequence_bias"],
  [{ forced_decoder_ids: [[0, 3]] }, RangeError, "forced_decoder_ids"],
  [{ force_words_ids: [[1]] }, RangeError, "force_words_ids [[1]]: it is not offered"],
  [{ constraints: [] }, RangeError, "constraints"],
  [{ penalty_alpha: 0.6, top_k: 4 }, RangeError, "penalty_alpha 0.6"],
  [{ guidance_scale: 1.5 }, RangeError, "guidance_scale 1.5"],
  [{ assistant_model: {} }, RangeError, "assistant_model"],
  [{ remove_invalid_values: true }, RangeError, "remove_invalid_values"],
  [{ output_attentions: true }, RangeError, "output_attentions"],
  [{ stop_strings: "end" }, TypeError, "the tokenizer"],
  [{ num_beams: 2, streamer: { put() {}, end() {} } }, RangeError, "a streamer and num_beams 2"],
  [{ streamer: {} }, RangeError, "put() and end()"],
  [{ seed: -1 }, RangeError, "seed -1"],
  [{ signal: {} }, RangeError, "an AbortSignal"],
  [{ logits_processor: 3 }, TypeError, "logits_processor 3"],
  [{ stopping_criteria: [3] }, RangeError, "stopping_criteria"],
  [{ stopping_criteria: [() => []].values() }, RangeError, "wanted a criterion or a list of them"],
  [{ past_key_values: {} }, RangeError, "past_key_values"],
];

for (const [settings, kind, message] of REFUSED) {
  Deno.test(`refused: ${message}`, () => {
    const error = assertThrows(() => resolve(settings), kind);
    assertStringIncludes(error.message, message);
    assertMatch(error.message, /^Cannot generate.{1,390}$/s);
  });
}

/** Settings of a checkpoint that are out of range, what turns their mode on, and a value in range. */
const OF_MODES: readonly (readonly [GenerationSettings, GenerationSettings, GenerationSettings])[] =
  [
    [{ temperature: 0 }, { do_sample: true }, { temperature: 2 }],
    [{ top_k: -1 }, { do_sample: true }, { top_k: null }],
    [{ typical_p: 0 }, { do_sample: true }, { typical_p: 0.5 }],
    [{ min_p: -1 }, { do_sample: true }, { min_p: 0.1 }],
    [{ epsilon_cutoff: 1 }, { do_sample: true }, { epsilon_cutoff: null }],
    [{ early_stopping: "always" as "never" }, { num_beams: 2 }, { early_stopping: true }],
    [{ diversity_penalty: -1 }, { num_beams: 2, num_beam_groups: 2 }, { diversity_penalty: 1 }],
  ];

for (const [wrong, mode, right] of OF_MODES) {
  Deno.test(`a checkpoint's ${JSON.stringify(wrong)} matters if its mode is on`, () => {
    const checkpoint = checkpointSettings({}, { ...wrong });
    assertEquals(resolve({}, checkpoint), resolve({}));
    assertEquals(resolve({ ...mode, ...right }, checkpoint), resolve({ ...mode, ...right }));
    const [[name, value]] = Object.entries(wrong);
    const message = `by the checkpoint's settings with ${name} ${JSON.stringify(value)}: wanted`;
    assertThrows(() => resolve(mode, checkpoint), RangeError, message);
    assertThrows(() => resolve({}, { ...checkpoint, ...mode }), RangeError, message);
    // The call's own are checked in any mode.
    assertThrows(() => resolve(wrong, checkpoint), RangeError, name);
  });
}

Deno.test("what has no effect is accepted though it is not offered", () => {
  resolve({
    force_words_ids: null,
    constraints: null,
    penalty_alpha: 0,
    guidance_scale: 1,
    remove_invalid_values: false,
    output_attentions: false,
    output_hidden_states: null,
  });
  resolve({ penalty_alpha: 0.6, top_k: 1, do_sample: true });
});

Deno.test("settings of the encoder need one", () => {
  for (const settings of [{ encoder_repetition_penalty: 2 }, { encoder_no_repeat_ngram_size: 2 }]) {
    assertThrows(
      () => resolveSettings(settings, {}, { ...FACTS, hasEncoder: false }),
      RangeError,
      "a model with an encoder",
    );
  }
});

Deno.test("what the mode does not use is warned about if it is the call's", async () => {
  const call = { length_penalty: 3, top_p: 0.123, eos_token_id: 2 };
  const [warning, ...more] = await warningsOf(() => resolve(call));
  assertStringIncludes(warning, "top_p needs do_sample");
  assertStringIncludes(warning, "length_penalty needs num_beams > 1");
  assertEquals(more, []);
  assertEquals(await warningsOf(() => resolve({}, call)), []);
  assertEquals(await warningsOf(() => resolve({ do_sample: true, top_p: 0.3 })), []);
});
