import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { fullAttention } from "../../attention/full/full_attention.ts";
import { BERT } from "../../families/bert.ts";
import type { Family, LayerNames, ModelConfig } from "../../families/families.ts";
import { parseConfig } from "../../checkpoint/parse_config.ts";
import { MemoryWeights } from "../../checkpoint/memory_weights.ts";
import { encoderParameters, layerParameters } from "../../checkpoint/model_parameters.ts";
import type { ExpectedParameter } from "../../checkpoint/weight_names.ts";
import { CpuBackend } from "../../cpu/backend.ts";
import { openBackend } from "../../device.ts";
import type { BlockParts } from "../../models/blocks.ts";
import { Encoder } from "../../models/encoder.ts";
import { readInputs } from "../../models/inputs.ts";
import { projectMemory, runLayer, type SelfAttention } from "../../models/layer.ts";
import { Parameters } from "../../models/parameters.ts";
import type { Backend, BackendName, Floats } from "../../ops/backend.ts";
import { Random } from "../../tensor/random.ts";
import { ACCUMULATION, modelBound } from "../../verify/bounds.ts";
import { BACKEND_NAMES } from "../../device.ts";
import { testOnBackend } from "../helpers/backends.ts";
import { EncoderAttention } from "../../models/encoder_attention.ts";
import * as rotary from "../../models/rotary_attention.ts";
import { assertWithin } from "../helpers/compare.ts";
import { add, norm as plainNorm, plainLayer, type PlainParts, type Rows } from "./plain_model.ts";

const LAYERS = 2;
const CONFIG: ModelConfig = {
  ...parseConfig({
    model_type: "bert",
    vocab_size: 11,
    hidden_size: 8,
    num_hidden_layers: LAYERS,
    num_attention_heads: 2,
    intermediate_size: 12,
    hidden_act: "silu",
    max_position_embeddings: 9,
    layer_norm_eps: 1e-5,
  }),
  rope: { theta: 100, columns: 4, scaling: { type: "default" } },
};

const attention = (name: string) => ({
  query: `${name}.q`,
  key: `${name}.k`,
  value: `${name}.v`,
  output: `${name}.out`,
  norm: `${name}.norm`,
});

function namesOf(index: number, { gated = false, cross = false } = {}): LayerNames {
  return {
    attention: attention(`${index}.self`),
    ...(cross && { crossAttention: attention(`${index}.cross`) }),
    feedForward: {
      ...(gated && { gate: `${index}.gate` }),
      up: `${index}.up`,
      down: `${index}.down`,
      norm: `${index}.norm`,
    },
  };
}

/** A synthetic family. */
function familyOf(changes: Partial<Family>): Family {
  return { ...BERT, layer: (index) => namesOf(index), pooler: undefined, ...changes };
}

/** Layers of each combination of fields. */
const VARIANTS: readonly { title: string; family: Family; gated: boolean }[] = (
  ["post", "pre"] as const
).flatMap((norm) =>
  (["layer", "rms"] as const).flatMap((normKind) =>
    [false, true].flatMap((gated) =>
      (["all", "query, key and value", "no"] as const).map((biased) => {
        const hasBias: Family["hasBias"] = (name) =>
          biased === "all" || biased !== "no" && /\.[qkv]$/.test(name);
        const layer = (index: number) => namesOf(index, { gated });
        return {
          title: `${norm}-norm, ${normKind}${gated ? ", gated" : ""}, ${biased} biases`,
          family: familyOf({ norm, normKind, hasBias, layer }),
          gated,
        };
      })
    )
  )
);

interface Loaded {
  readonly parts: BlockParts;
  readonly plain: PlainParts;
}

/** Matrices that keep the size of rows, other values around 1 or 0. */
async function load(
  parameters: readonly ExpectedParameter[],
  backend: Backend,
  family: Family,
  config = CONFIG,
): Promise<Loaded> {
  const random = new Random(7);
  const values = new Map(parameters.map(({ name, dims }) => {
    const count = dims.reduce((product, n) => product * n, 1);
    const isNorm = dims.length === 1 && name.endsWith("norm.weight");
    const scale = dims.length === 2 ? 1 / Math.sqrt(dims[1]) : 0.1;
    const data = random.normals(count).map((x) => scale * x + (isNorm ? 1 : 0));
    return [name, { dims, data }];
  }));
  const weights = new MemoryWeights([...values]);
  const weight = (name: string) => values.get(name)!.data;
  return {
    parts: { backend, parameters: await Parameters.load(backend, weights), config, family },
    plain: { weight, config, family },
  };
}

/** Holds `[batch, rows, width]` against plain rows; `layers` as in `modelBound`. */
function assertRows(
  actual: Float32Array,
  sequences: readonly Rows[],
  layers: number,
  backend: BackendName,
): void {
  const output = Float64Array.from(sequences.flat(2));
  const largest = output.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const size = { layers, width: CONFIG.intermediate_size, output: largest };
  const bound = new Float64Array(output.length).fill(modelBound(size, ACCUMULATION[backend]));
  assertWithin(actual, { output, bound });
}

function draw(random: Random, rows: number): { flat: Float32Array; sequences: Rows[] } {
  const width = CONFIG.hidden_size;
  const flat = random.normals(2 * rows * width);
  const row = (r: number) => [...flat.subarray(r * width, (r + 1) * width)];
  const sequences = [0, 1].map((b) => Array.from({ length: rows }, (_, r) => row(b * rows + r)));
  return { flat, sequences };
}

const MASK = [[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]];
const MEMORY_MASK = [[1, 1, 0], [1, 1, 1]];

for (const device of BACKEND_NAMES) {
  testOnBackend(device, "runLayer() is the layer in plain loops", async (t) => {
    const backend = await openBackend(device);
    for (const { title, family, gated } of VARIANTS) {
      for (const cross of [false, true]) {
        await t.step(`${title}, ${cross ? "with" : "without"} cross-attention`, async () => {
          await checkLayer(backend, family, namesOf(0, { gated, cross }));
        });
      }
    }
    backend.dispose();
  });
}

async function checkLayer(backend: Backend, family: Family, names: LayerNames): Promise<void> {
  const { parts, plain } = await load(layerParameters(CONFIG, names, family), backend, family);
  const random = new Random(1);
  const [x, seen] = [draw(random, 5), draw(random, 3)];
  const input = backend.floats(x.flat, [2, 5, 8]);
  const mask = backend.integers(Int32Array.from(MASK.flat()), [2, 5]);
  let attended = 0;
  const attend: SelfAttention = (projected, from) => {
    // Further projections start from the rows that query, key and value start from.
    assertEquals(from === input, family.norm === "post");
    attended++;
    return fullAttention(backend, { ...projected, mask });
  };
  const memory = names.crossAttention && {
    ...projectMemory(parts, names.crossAttention, backend.floats(seen.flat, [2, 3, 8])),
    mask: backend.integers(Int32Array.from(MEMORY_MASK.flat()), [2, 3]),
  };
  const level = backend.memory().tensors;
  const crossAttend = memory &&
    ((query: Floats) =>
      fullAttention(backend, { query, ...memory, heads: CONFIG.num_attention_heads }));
  const output = runLayer(parts, names, input, attend, crossAttend);
  assertEquals([backend.memory().tensors, attended], [level + 1, 1]);
  const wanted = x.sequences.map((rows, b) =>
    plainLayer(plain, names, rows, MASK[b], { rows: seen.sequences[b], mask: MEMORY_MASK[b] })
  );
  assertEquals(output.dims, [2, 5, 8]);
  // Cross-attention adds half as many operations as a layer without has.
  assertRows(await output.getData(), wanted, memory ? 1.5 : 1, backend.name);
}

Deno.test("runLayer() wants a memory for cross-attention, and none without", async () => {
  const backend = new CpuBackend();
  const family = familyOf({ norm: "pre" });
  const names = namesOf(0, { cross: true });
  const { parts } = await load(layerParameters(CONFIG, names, family), backend, family);
  const x = backend.floats(new Float32Array(16), [1, 2, 8]);
  const attend: SelfAttention = (projected) => fullAttention(backend, projected);
  assertThrows(
    () => runLayer(parts, names, x, attend),
    TypeError,
    "with cross-attention and no memory",
  );
  assertThrows(
    () => runLayer(parts, namesOf(0), x, attend, (query) => query),
    TypeError,
    "without cross-attention and a memory",
  );
});

Deno.test("layers have the biases of their description, and a missing one is an error", async () => {
  const backend = new CpuBackend();
  const names = namesOf(0, { gated: true });
  const hasBias: Family["hasBias"] = (name) => name === "0.gate";
  const family = familyOf({ normKind: "rms", hasBias });
  const listed = layerParameters(CONFIG, names, family);
  const biases = listed.map(({ name }) => name).filter((name) => name.endsWith(".bias"));
  assertEquals(biases, ["0.gate.bias"]);
  const without = listed.filter(({ name }) => name !== "0.gate.bias");
  const { parts } = await load(without, backend, family);
  const x = backend.floats(new Float32Array(16), [1, 2, 8]);
  assertThrows(
    () => runLayer(parts, names, x, (projected) => fullAttention(backend, projected)),
    RangeError,
    "The model has no weight named 0.gate.bias",
  );
});

const BARE = { word: "words.weight", global: "globals.weight" };
const TABLE = {
  table: "positions.weight",
  ids: "from_zero",
  tableOffset: 2,
  configOffset: 1,
} as const;

/** The fields around the layers: positions, embedding norm and token types, final norm. */
const AROUND: readonly (readonly [string, Partial<Family>])[] = [
  ["positions behind offset rows", { positions: TABLE }],
  [
    "no positions, no embedding norm, a final norm",
    { positions: "none", embeddings: BARE, finalNorm: "final.norm" },
  ],
  [
    "rotary positions, an embedding norm",
    { positions: "rotary", embeddings: { ...BARE, norm: "first.norm" } },
  ],
];

for (const device of BACKEND_NAMES) {
  testOnBackend(device, "an encoder follows its family's description", async (t) => {
    const backend = await openBackend(device);
    for (const variant of VARIANTS) {
      for (const [title, around] of AROUND) {
        await t.step(
          `${variant.title}, ${title}`,
          () => checkEncoder(backend, { ...variant.family, ...around }),
        );
      }
    }
    backend.dispose();
  });
}

const attentionOf = (parts: BlockParts) => new EncoderAttention(parts, {}, undefined, { rotary });

async function checkEncoder(backend: Backend, family: Family): Promise<void> {
  const { parts, plain } = await load(encoderParameters(CONFIG, family), backend, family);
  const encoder = new Encoder(parts, attentionOf(parts));
  const input_ids = [[3, 1, 4, 1, 5], [9, 2, 6, 0, 0]];
  const token_type_ids = [[0, 0, 1, 1, 1], [0, 0, 0, 0, 0]];
  const limits = { vocabulary: 11, types: 2 };
  const batch = readInputs({ input_ids, attention_mask: MASK, token_type_ids }, limits);
  const level = backend.memory().tensors;
  const { lastHiddenState } = await encoder.forward(batch);
  assertEquals(backend.memory().tensors, level + 1);

  const { embeddings: { word, tokenType, norm }, positions, finalNorm } = family;
  const row = (table: string, r: number) =>
    Array.from({ length: 8 }, (_, i) => plain.weight(table)[8 * r + i]);
  const wanted = input_ids.map((ids, b) => {
    let x = ids.map((id) => row(word, id));
    if (typeof positions !== "string") {
      x = add(x, ids.map((_, i) => row(positions.table, positions.tableOffset + i)));
    }
    if (tokenType) x = add(x, token_type_ids[b].map((type) => row(tokenType, type)));
    if (norm) x = plainNorm(plain, norm, x);
    for (let i = 0; i < LAYERS; i++) x = plainLayer(plain, family.layer(i), x, MASK[b]);
    return finalNorm ? plainNorm(plain, finalNorm, x) : x;
  });
  assertEquals(lastHiddenState.dims, [2, 5, 8]);
  assertRows(await lastHiddenState.getData(), wanted, LAYERS, backend.name);
}

Deno.test("the offsets of a position table say how long a text may be", async () => {
  const backend = new CpuBackend();
  const family = familyOf({ positions: TABLE });
  // The config's 9 count one of the two rows in front: 8 positions in 10 rows.
  const { parts } = await load(encoderParameters(CONFIG, family), backend, family);
  assertEquals(parts.parameters.get(TABLE.table).dims, [10, 8]);
  const encoder = new Encoder(parts, attentionOf(parts));
  const batchOf = (tokens: number) =>
    readInputs({ input_ids: [Array(tokens).fill(1)] }, { vocabulary: 11, types: 1 });
  assertEquals((await encoder.forward(batchOf(8))).lastHiddenState.dims, [1, 8, 8]);
  await assertRejects(
    () => encoder.forward(batchOf(9)),
    RangeError,
    "Cannot encode 9 tokens: the model has positions for 8",
  );
});
