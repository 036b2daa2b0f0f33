import { assertEquals, assertThrows } from "@std/assert";
import { parseConfig } from "../../checkpoint/mod.ts";

const SIZES = { model_type: "modernbert", hidden_size: 32, num_attention_heads: 4 };
const parse = (keys: object) => {
  const { rope, local } = parseConfig({ ...SIZES, num_hidden_layers: 4, ...keys });
  return { rope: rope!, local: local! };
};
const plain = { type: "default" } as const;

Deno.test("local layers are every layer but each third, unless the config says otherwise", () => {
  assertEquals(parse({}), {
    rope: { theta: 160000, columns: 8, scaling: plain },
    local: {
      layers: [false, true, true, false],
      reach: 64,
      rope: { theta: 10000, columns: 8, scaling: plain },
    },
  });
  assertEquals(parse({ global_attn_every_n_layers: 1 }).local.layers, new Array(4).fill(false));
  assertEquals(parse({ global_attn_every_n_layers: 9 }).local.layers, [false, true, true, true]);
  // A window of 2n or 2n + 1 reaches n tokens to either side.
  for (const [local_attention, reach] of [[1, 0], [2, 1], [7, 3], [2 ** 31 - 1, 2 ** 30 - 1]]) {
    assertEquals(parse({ local_attention }).local.reach, reach);
  }
});

Deno.test("transformers 5's keys of local layers and those before it are the same", () => {
  const old = parse({
    global_rope_theta: 500,
    local_rope_theta: 70,
    global_attn_every_n_layers: 2,
  });
  const [full, sliding] = ["full_attention", "sliding_attention"];
  const rope_parameters = {
    [full]: { rope_theta: 500, rope_type: "default" },
    [sliding]: { rope_theta: 70, rope_type: "default" },
  };
  const layer_types = [full, sliding, full, sliding];
  assertEquals(parse({ rope_parameters, layer_types }), old);
  // The new keys count, where both are there.
  const both = { global_rope_theta: 3, local_rope_theta: 4, global_attn_every_n_layers: 3 };
  assertEquals(parse({ rope_parameters, layer_types, ...both }), old);
  // What they do not say is in the old ones, or the default.
  const some = { [full]: { rope_type: "linear", factor: 2 } };
  const { rope, local } = parse({ rope_parameters: some, global_rope_theta: 500 });
  assertEquals(rope, { theta: 500, columns: 8, scaling: { type: "linear", factor: 2 } });
  assertEquals(local.rope.theta, 10000);
  assertEquals(parse({ local_rope_theta: null, global_rope_theta: 500 }).local.rope.theta, 500);
});

Deno.test("a published config loads, whose key layer_norm_eps transformers does not read", () => {
  const { layer_norm_eps, hidden_act, num_hidden_layers } = parseConfig({
    architectures: ["ModernBertForMaskedLM"],
    classifier_pooling: "mean",
    deterministic_flash_attn: false,
    gradient_checkpointing: false,
    hidden_act: "relu",
    hidden_activation: "gelu",
    layer_norm_eps: 1e-3,
    model_type: "modernbert",
    norm_eps: 1e-5,
    position_embedding_type: "absolute",
    reference_compile: null,
    sparse_prediction: true,
  });
  assertEquals([layer_norm_eps, hidden_act, num_hidden_layers], [1e-5, "gelu", 22]);
});

const WRONG: readonly [object, typeof TypeError | typeof RangeError, string][] = [
  [{ local_attention: 0 }, RangeError, "local_attention must be an integer ≥ 1, got 0"],
  [{ local_attention: -128 }, RangeError, "local_attention"],
  [{ local_attention: 12.5 }, RangeError, "local_attention"],
  [{ local_attention: 2 ** 40 }, RangeError, "local_attention"],
  [{ local_attention: [64, 64] }, TypeError, "local_attention"],
  [{ global_attn_every_n_layers: 0 }, RangeError, "global_attn_every_n_layers"],
  [{ global_attn_every_n_layers: -1 }, RangeError, "global_attn_every_n_layers"],
  [{ global_attn_every_n_layers: "3" }, TypeError, "global_attn_every_n_layers"],
  [{ global_rope_theta: Infinity }, RangeError, "global_rope_theta"],
  [{ global_rope_theta: null }, TypeError, "global_rope_theta"],
  [{ local_rope_theta: NaN }, RangeError, "local_rope_theta"],
  [{ local_rope_theta: 0 }, RangeError, "local_rope_theta"],
  [{ rope_parameters: [] }, TypeError, "rope_parameters must have an object for each"],
  [{ rope_parameters: 7 }, TypeError, "rope_parameters must have an object for each"],
  [{ rope_parameters: { full_attention: 7 } }, TypeError, "rope_parameters must have an object"],
  [
    { rope_parameters: { sliding_attention: { rope_theta: -1 } } },
    RangeError,
    "config rope_parameters rope_theta",
  ],
  [
    { rope_parameters: { full_attention: { rope_type: "longrope" } } },
    RangeError,
    'config rope_parameters is of the kind "longrope"',
  ],
  [{ rope_scaling: { type: "linear", factor: 2 } }, RangeError, "rope_scaling must be null"],
  [{ layer_types: ["full_attention"] }, RangeError, "layer_types must be a list of 4"],
  [{ layer_types: "full_attention" }, RangeError, "layer_types must be a list of 4"],
  [{ layer_types: new Array(4).fill("toString") }, RangeError, "layer_types must be a list of 4"],
  [{ layer_types: new Array(4).fill(1) }, RangeError, "layer_types must be a list of 4"],
  [{ num_attention_heads: 32 }, RangeError, "rotation of 1 columns"],
  [{ classifier_pooling: "max" }, RangeError, "classifier_pooling must be one of cls, bos, mean"],
  [{ classifier_activation: "maxout" }, RangeError, "classifier_activation must be one of"],
  [{ norm_bias: 1 }, TypeError, "norm_bias must be true or false"],
  [{ decoder_bias: null }, TypeError, "decoder_bias must be true or false"],
  [{ is_decoder: true }, RangeError, "is_decoder must be false"],
];

for (const [keys, error, message] of WRONG) {
  Deno.test(`${Deno.inspect(keys)} is refused`, () => {
    assertThrows(() => parse(keys), error, message);
  });
}

// ModernBertConfig.from_dict({ local_attention: 128, sliding_window: 4 }).local_attention is 8 in
// transformers 5.24; 4.48 reads local_attention alone.
Deno.test("a sliding_window that is not half of local_attention is refused", () => {
  const reach = (keys: object) => parse(keys).local.reach;
  assertThrows(
    () => reach({ local_attention: 128, sliding_window: 4 }),
    RangeError,
    "config sliding_window must be absent or 64, half of local_attention, got 4",
  );
  assertEquals(reach({ local_attention: 9, sliding_window: 4 }), 4);
  assertEquals(reach({ local_attention: 9, sliding_window: null }), 4);
});
