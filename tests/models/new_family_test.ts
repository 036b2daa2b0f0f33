/** Families that are nothing but a description, from files to outputs. */
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { parseConfig } from "../../checkpoint/parse_config.ts";
import { drawParameters } from "../../checkpoint/conversion/draw_parameters.ts";
import { FolderSource } from "../../checkpoint/folder_source.ts";
import { MemorySource } from "../../checkpoint/memory_source.ts";
import { modelParameters } from "../../checkpoint/model_parameters.ts";
import { saveCheckpoint } from "../../checkpoint/save_checkpoint.ts";
import { FAMILIES, type Family } from "../../families/families.ts";
import { readRope } from "../../families/read_rope.ts";
import { warningsOf } from "../helpers/warnings_of.ts";
import { AutoModelForMaskedLM, type PreTrainedOptions } from "../../models/mod.ts";
import { Random } from "../../tensor/random.ts";
import { editWeights } from "../checkpoint/tiny_checkpoint.ts";
import "../helpers/quiet_reference.ts";

const BERT = FAMILIES.bert;

/** Pre-norm, RMS, gated, rotary, without biases. */
const FAMILY: Family = {
  ...BERT,
  defaults: { ...BERT.defaults, hidden_act: "silu", rope_theta: 10000, partial_rotary_factor: 1 },
  keys: { layer_norm_eps: "rms_norm_eps" },
  positions: "rotary",
  readRope,
  norm: "pre",
  normKind: "rms",
  hasBias: () => false,
  finalNorm: "norm",
  embeddings: { word: "words.weight", global: "globals.weight" },
  layer: (index) => {
    const name = `layers.${index}`;
    return {
      attention: {
        query: `${name}.q`,
        key: `${name}.k`,
        value: `${name}.v`,
        output: `${name}.o`,
        norm: `${name}.norm1`,
      },
      feedForward: {
        gate: `${name}.gate`,
        up: `${name}.up`,
        down: `${name}.down`,
        norm: `${name}.norm2`,
      },
    };
  },
  pooler: undefined,
  heads: { MaskedLM: { rows: "all", layers: [], words: { decoder: "decoder" } } },
};

const KEYS = {
  model_type: "bert",
  vocab_size: 12,
  hidden_size: 8,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  intermediate_size: 12,
  max_position_embeddings: 16,
};

/** A test of a family that stands in for BERT's. */
function testFamily(name: string, changes: Partial<Family>, body: () => Promise<void>): void {
  Deno.test(name, async () => {
    const families = FAMILIES as { bert: Family };
    families.bert = { ...FAMILY, ...changes };
    try {
      await body();
    } finally {
      families.bert = BERT;
    }
  });
}

/** Saves drawn weights, without and with other tensors, and loads them. */
async function load(
  { keys = {}, without = "", added = [], ...options }: PreTrainedOptions & {
    keys?: Record<string, unknown>;
    without?: string;
    added?: [string, { dims: number[]; data: Float32Array }][];
  } = {},
) {
  const folder = await Deno.makeTempDir();
  try {
    const config = parseConfig({ ...KEYS, ...keys });
    const drawn = drawParameters(modelParameters(config, "MaskedLM"), 0.5, new Random(1));
    const weights = await editWeights(drawn, (name) => name === without ? undefined : name, added);
    const checkpoint = { config, weights, specialTokens: { cls: 1, mask: 2 } };
    await saveCheckpoint(`${folder}/model`, checkpoint, new MemorySource({}));
    const source = new FolderSource(`${folder}/model`);
    return await AutoModelForMaskedLM.from_pretrained(source, { device: "cpu", ...options });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

testFamily("a family is loaded and run by its description", {}, async () => {
  using model = await load();
  assertEquals(model.maxLength, 16);
  const logits = async (ids: number[]) => (await model({ input_ids: [ids] })).logits.tolist();
  // Without a table, positions are in the order of the tokens alone.
  const [[first]] = await logits([3, 4, 5]) as number[][][];
  const [[swapped]] = await logits([3, 5, 4]) as number[][][];
  assertEquals([first.length, first.some((x, i) => Math.abs(x - swapped[i]) > 1e-3)], [12, true]);
});

testFamily(
  "with no positions, other tokens may be in any order",
  { positions: "none" },
  async () => {
    using model = await load();
    const logits = async (ids: number[]) => (await model({ input_ids: [ids] })).logits.tolist();
    const [[first]] = await logits([3, 4, 5]) as number[][][];
    const [[swapped]] = await logits([3, 5, 4]) as number[][][];
    first.forEach((x, i) => assertEquals(Math.abs(x - swapped[i]) < 1e-4, true));
  },
);

testFamily("a bias that the description does not have is left out with a warning", {}, async () => {
  const bias = { dims: [8], data: new Float32Array(8).fill(9) };
  const outputs: unknown[] = [];
  const run = async (added: [string, typeof bias][]) => {
    using model = await load({ added });
    outputs.push((await model({ input_ids: [[3, 4]] })).logits.tolist());
  };
  assertEquals(await warningsOf(() => run([])), await warningsOf(() => run([])));
  const warnings = await warningsOf(() => run([["layers.0.q.bias", bias]]));
  assertMatch(warnings.join(), /layers\.0\.q\.bias/);
  assertEquals(outputs[2], outputs[0]);
});

testFamily(
  "a bias that a file lacks is an error",
  { hasBias: (name) => name === "layers.1.up" },
  async () => {
    const without = "layers.1.up.bias";
    await assertRejects(() => load({ without }), RangeError, `missing: ${without}`);
    (await load()).dispose();
  },
);

testFamily("rotary positions are refused where nothing rotates them", {}, async () => {
  const globals = { dims: [512, 8], data: new Float32Array(512 * 8) };
  await assertRejects(
    () => load({ lsg: {} }),
    RangeError,
    "Cannot change the positions of Bert: it has no position table",
  );
  await assertRejects(
    () => load({ config: { base_model_prefix: "lsg" }, added: [["globals.weight", globals]] }),
    RangeError,
    "Cannot rotate queries and keys of Bert: its attention is LSG, wanted full attention",
  );
  await assertRejects(
    () => load({ attention: { type: "linformer" } }),
    RangeError,
    "Cannot rotate queries and keys of Bert: its attention is linformer, wanted full attention",
  );
  await assertRejects(
    () => load({ keys: { hidden_size: 6 } }),
    RangeError,
    "config asks for a rotation of 3 columns of heads of width 3: wanted an even number from 2 to 3",
  );
});

testFamily("rope_theta and rope_scaling are read or refused", {}, async () => {
  for (const rope_theta of [0, -1, Infinity]) {
    await assertRejects(() => load({ config: { rope_theta } }), RangeError, "config rope_theta");
  }
  await assertRejects(() => load({ config: { rope_theta: "1" } }), TypeError, "config rope_theta");
  await assertRejects(
    () => load({ config: { rope_scaling: { type: "longrope", factor: 2 } } }),
    RangeError,
    'config rope_scaling is of the kind "longrope", which is not supported',
  );
});

testFamily("an epsilon that is not a float32 number is refused at load", {}, async () => {
  const wrong = { config: { rms_norm_eps: 1e-60 } };
  await assertRejects(
    () => load(wrong),
    RangeError,
    "config rms_norm_eps must be a number above 0",
  );
});
