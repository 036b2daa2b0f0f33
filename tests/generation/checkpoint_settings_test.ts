import { assertEquals, assertThrows } from "@std/assert";
import { checkpointSettings, taskSettings } from "../../generation/checkpoint_settings.ts";

Deno.test("generation_config.json counts as a whole; only ids fall back to config.json", () => {
  const config = { model_type: "led", num_beams: 4, eos_token_id: 7, pad_token_id: 3 };
  assertEquals(checkpointSettings(config, { max_length: 99, pad_token_id: 5, num_beams: null }), {
    bos_token_id: 0,
    eos_token_id: 7,
    pad_token_id: 5,
    decoder_start_token_id: 2,
    max_length: 99,
  });
});

Deno.test("of a copy of config.json only what config.json lacks counts", () => {
  const config = { model_type: "bart", num_beams: 4, max_length: 7 };
  const copy = { _from_model_config: true, num_beams: 3, max_length: 9 };
  assertEquals(checkpointSettings(config, copy), checkpointSettings(config));
});

Deno.test("settings that newer versions of transformers have moved out of config.json", () => {
  const copy = { _from_model_config: true, num_beams: 3, max_length: 9, forced_eos_token_id: 4 };
  const wanted = { ...checkpointSettings({ model_type: "bart" }), num_beams: 3, max_length: 9 };
  // 5.24 leaves them out, and keeps the ids.
  const config5 = { model_type: "bart", forced_eos_token_id: 2 };
  assertEquals(checkpointSettings(config5, copy), wanted);
  // 4.57 writes null.
  const config4 = { ...config5, num_beams: null, max_length: null };
  assertEquals(checkpointSettings(config4, copy), wanted);
  // None at all is not the family's default.
  const none = { model_type: "bart", forced_eos_token_id: null };
  assertEquals(
    checkpointSettings(none, { _from_model_config: true }).forced_eos_token_id,
    undefined,
  );
});

Deno.test("defaults of the families", () => {
  const of = (model_type: string, more = {}) => {
    const { decoder_start_token_id, forced_eos_token_id, forced_bos_token_id } = checkpointSettings(
      {
        model_type,
        ...more,
      },
    );
    return [decoder_start_token_id, forced_eos_token_id, forced_bos_token_id];
  };
  assertEquals(of("bart"), [2, 2, undefined]);
  assertEquals(of("bart", { force_bos_token_to_be_generated: true }), [2, 2, 0]);
  assertEquals(of("bart", { forced_eos_token_id: null }), [2, undefined, undefined]);
  assertEquals(of("mbart"), [undefined, 2, undefined]);
  assertEquals(of("pegasus"), [0, 1, undefined]);
  assertEquals(of("led"), [2, undefined, undefined]);
  assertEquals(of("constructor"), [undefined, undefined, undefined]);
});

Deno.test("keys that are no settings of a checkpoint are left alone", () => {
  const config = { vocab_size: 5, seed: 3, streamer: 1, logits_processor: 2, max_length: 9 };
  assertEquals(checkpointSettings(config), { max_length: 9 });
});

Deno.test("a file with a wrong value is refused by its name", () => {
  assertThrows(
    () => checkpointSettings({ num_beams: "4" }),
    TypeError,
    'config.json with num_beams "4"',
  );
  assertThrows(
    () => checkpointSettings({}, { repetition_penalty: 0 }),
    RangeError,
    "generation_config.json with repetition_penalty 0",
  );
  assertThrows(
    () => checkpointSettings({}, { top_p: "7" }),
    TypeError,
    'generation_config.json with top_p "7"',
  );
  assertThrows(
    () => checkpointSettings({}, { remove_invalid_values: true }),
    RangeError,
    "remove_invalid_values true: it is not offered",
  );
  // config.json does not count here.
  checkpointSettings({ num_beams: "4" }, { max_length: 9 });
});

Deno.test("settings of a task, as hostile as they come", () => {
  for (const params of [undefined, null, 3, [], { summarization: 4 }, {}]) {
    assertEquals(taskSettings({ task_specific_params: params }, "summarization"), {});
  }
  assertEquals(taskSettings({ task_specific_params: {} }, "constructor"), {});
});
