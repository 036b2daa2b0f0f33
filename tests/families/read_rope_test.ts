import { assertEquals, assertThrows } from "@std/assert";
import { parseConfig } from "../../checkpoint/mod.ts";

const SIZES = { hidden_size: 32, num_attention_heads: 4, max_position_embeddings: 64 };
const ropeOf = (keys: object, model_type = "llama") =>
  parseConfig({ ...SIZES, model_type, ...keys }).rope!;

Deno.test("old keys of rotary positions and transformers 5's are the same", () => {
  const scaling = { factor: 4, original_max_position_embeddings: 16 };
  const old = ropeOf({ rope_theta: 500, rope_scaling: { type: "dynamic", ...scaling } });
  assertEquals(old, {
    theta: 500,
    columns: 8,
    scaling: { type: "dynamic", factor: 4, trained: 16 },
  });
  const rope_parameters = { rope_theta: 500, rope_type: "dynamic", ...scaling };
  assertEquals(ropeOf({ rope_parameters, rope_theta: 3 }), old);
  const half = { rope_theta: 9, rope_type: "default", partial_rotary_factor: 0.25 };
  for (const keys of [{ rotary_emb_base: 9 }, { rope_parameters: half }]) {
    assertEquals(ropeOf(keys, "gpt_neox"), { theta: 9, columns: 2, scaling: { type: "default" } });
  }
  assertEquals(ropeOf({ partial_rotary_factor: 0.75 }, "phi").columns, 6);
  for (const rope_scaling of [null, {}, { type: "default" }]) {
    assertEquals(ropeOf({ rope_scaling }).scaling, { type: "default" });
  }
});

Deno.test("a rope_scaling that is added to a file of transformers 5 replaces its scaling", () => {
  for (const rope_type of ["default", "dynamic"]) {
    const rope_parameters = { rope_theta: 500, rope_type, factor: 2 };
    assertEquals(ropeOf({ rope_parameters, rope_scaling: { type: "linear", factor: 3 } }), {
      theta: 500,
      columns: 8,
      scaling: { type: "linear", factor: 3 },
    });
    assertEquals(ropeOf({ rope_parameters, rope_scaling: null }).scaling.type, rope_type);
  }
});

Deno.test("what a scaling does not say is the model's", () => {
  assertEquals(ropeOf({ rope_scaling: { rope_type: "yarn", factor: 1, truncate: true } }).scaling, {
    type: "yarn",
    factor: 1,
    trained: 64,
    fast: 32,
    slow: 1,
    attention: 1,
  });
});

Deno.test("original_max_position_embeddings of the config itself comes first, but for dynamic", () => {
  // As transformers 5.24: RotaryEmbeddingConfigMixin.standardize_rope_params().
  const original_max_position_embeddings = 32;
  const frequencies = { low_freq_factor: 1, high_freq_factor: 4 };
  for (const [rope_type, trained] of [["yarn", 32], ["llama3", 32], ["dynamic", 16]] as const) {
    const rope_parameters = {
      rope_type,
      factor: 2,
      original_max_position_embeddings: 16,
      ...(rope_type === "llama3" && frequencies),
    };
    const { scaling } = ropeOf({ rope_parameters, original_max_position_embeddings });
    assertEquals("trained" in scaling && scaling.trained, trained, rope_type);
  }
  const rope_scaling = { type: "yarn", factor: 2 };
  const { scaling } = ropeOf({ rope_scaling, original_max_position_embeddings });
  assertEquals("trained" in scaling && scaling.trained, 32);
});

Deno.test("a yarn that does not stretch scales nothing, and null is its default", () => {
  // As in transformers 5.1.0: _compute_yarn_parameters takes `beta_fast or 32` and 1 for factors up to 1.
  const scaling = { type: "yarn", factor: 0.5, beta_fast: null, beta_slow: null };
  const fields = { original_max_position_embeddings: null, attention_factor: null };
  const wanted = { type: "yarn", factor: 0.5, trained: 64, fast: 32, slow: 1, attention: 1 };
  assertEquals(ropeOf({ rope_scaling: { ...scaling, ...fields } }).scaling, wanted);
});

Deno.test("scalings that are not offered or make no sense are refused by name", () => {
  const wrong: [object, typeof RangeError | typeof TypeError, string][] = [
    [{ rope_scaling: { type: "longrope" } }, RangeError, 'of the kind "longrope"'],
    [{ rope_scaling: { rope_type: "su", type: "linear" } }, RangeError, 'of the kind "su"'],
    [{ rope_scaling: { type: "linear" } }, TypeError, "config rope_scaling factor"],
    [{ rope_scaling: { type: "linear", factor: 0 } }, RangeError, "config rope_scaling factor"],
    [{ rope_scaling: 4 }, TypeError, "config rope_scaling must be an object or null, got 4"],
    [{ rope_scaling: { type: "yarn", factor: 2, mscale: 1 } }, RangeError, "mscale"],
    [{ rope_scaling: { type: "yarn", factor: 2, truncate: false } }, RangeError, "truncate"],
    [{ rope_scaling: { type: "yarn", factor: 2 }, rope_theta: 1 }, RangeError, "yarn"],
    [
      { rope_scaling: { type: "llama3", factor: 2, low_freq_factor: 4, high_freq_factor: 4 } },
      RangeError,
      "low_freq_factor 4 and high_freq_factor 4",
    ],
    [{ rope_scaling: { type: "llama3", factor: 2 } }, TypeError, "low_freq_factor"],
    [
      { model_type: "phi", partial_rotary_factor: 0.4 },
      RangeError,
      "a rotation of 3 columns of heads of width 8",
    ],
    [{ model_type: "phi", partial_rotary_factor: 2 }, RangeError, "a rotation of 16 columns"],
    [
      {
        model_type: "phi",
        partial_rotary_factor: 0.25,
        rope_scaling: { type: "dynamic", factor: 2 },
      },
      RangeError,
      "wanted a rotation of 4 columns or more",
    ],
    [{ num_key_value_heads: 3 }, RangeError, "must be a multiple of num_key_value_heads 3"],
    [{ hidden_size: 34 }, RangeError, "must be a multiple of num_attention_heads"],
  ];
  for (const [keys, error, message] of wrong) {
    assertThrows(() => ropeOf(keys), error as typeof RangeError, message);
  }
  assertThrows(
    () => parseConfig({ ...SIZES, model_type: "qwen2", use_sliding_window: true }),
    RangeError,
    "use_sliding_window",
  );
});

Deno.test("heads, windows and padding of decoders", () => {
  const mistral = (keys: object) =>
    parseConfig({ ...SIZES, num_key_value_heads: 2, model_type: "mistral", ...keys });
  assertEquals(mistral({}).sliding_window, 4096);
  assertEquals(mistral({ sliding_window: null }).sliding_window, undefined);
  assertEquals(mistral({ head_dim: 6 }).head_dim, 6);
  assertEquals(mistral({ head_dim: null, pad_token_id: null }).head_dim, 8);
  const { num_key_value_heads, is_decoder, pad_token_id } = parseConfig({
    ...SIZES,
    model_type: "llama",
    is_decoder: false,
  });
  assertEquals([num_key_value_heads, is_decoder, pad_token_id], [4, true, 0]);
});

// The rotary embedding of these classes in transformers 5.24 takes all columns of a head for
// `default`; 4.36.2 has no such key. For other kinds they fail at the first product.
Deno.test("part of the columns is refused where transformers rotates all of them", () => {
  const half = { rope_theta: 9, rope_type: "default", partial_rotary_factor: 0.5 };
  const families = ["llama", "mistral", "qwen2", "qwen3", "eurobert", "nomic_bert"];
  for (const family of families) {
    const wrong = [half, { rope_parameters: half }, { rope_scaling: half }];
    for (const keys of wrong) {
      assertThrows(() => ropeOf(keys, family), RangeError, "partial_rotary_factor must be 1");
    }
    const whole = { ...half, partial_rotary_factor: 1 };
    assertEquals(ropeOf({ num_key_value_heads: 2, rope_parameters: whole }, family).theta, 9);
    const absent = { num_key_value_heads: 2, partial_rotary_factor: null };
    for (const keys of [absent, { ...absent, rope_parameters: { ...half, ...absent } }]) {
      assertEquals(
        ropeOf(keys, family).columns,
        ropeOf({ num_key_value_heads: 2 }, family).columns,
      );
    }
  }
  for (const keys of [half, { rope_parameters: { sliding_attention: half } }]) {
    assertThrows(() => ropeOf(keys, "modernbert"), RangeError, "partial_rotary_factor must be 1");
  }
  // The key of NomicBERT's own code, which rotates a part.
  assertEquals(ropeOf({ rotary_emb_fraction: 0.5 }, "nomic_bert").columns, 4);
});
