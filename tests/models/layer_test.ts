import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { fullAttention } from "../../attention/full/full_attention.ts";
import { BERT } from "../../families/bert.ts";
import type { Family, LayerNames } from "../../families/families.ts";
import { parseConfig } from "../../checkpoint/config.ts";
import { MemoryWeights } from "../../checkpoint/memory_weights.ts";
import { encoderParameters, layerParameters } from "../../checkpoint/model_parameters.ts";
import type { ExpectedParameter } from "../../checkpoint/weight_names.ts";
import { CpuBackend } from "../../cpu/backend.ts";
import { Encoder } from "../../models/encoder.ts";
import { readInputs } from "../../models/inputs.ts";
import { projectMemory, runLayer, type SelfAttention } from "../../models/layer.ts";
import { Parameters } from "../../models/parameters.ts";
import { Random } from "../../tensor/random.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { ACCUMULATION, modelBound } from "../../verify/bounds.ts";
import { assertWithin } from "../helpers/compare.ts";
import { add, layerNorm, plainLayer, type PlainParts, type Rows } from "./plain_model.ts";

const LAYERS = 2;
const CONFIG = parseConfig({
  model_type: "bert",
  vocab_size: 11,
  hidden_size: 8,
  num_hidden_layers: LAYERS,
  num_attention_heads: 2,
  intermediate_size: 12,
  hidden_act: "relu",
  max_position_embeddings: 9,
  layer_norm_eps: 1e-5,
});

const attention = (name: string) => ({
  query: `${name}.q`,
  key: `${name}.k`,
  value: `${name}.v`,
  output: `${name}.out`,
  norm: `${name}.norm`,
});

function namesOf(index: number, cross = false): LayerNames {
  return {
    attention: attention(`${index}.self`),
    ...(cross && { crossAttention: attention(`${index}.cross`) }),
    feedForward: { up: `${index}.up`, down: `${index}.down`, norm: `${index}.norm` },
  };
}

/** A synthetic family. */
function familyOf(changes: Partial<Family>): Family {
  return { ...BERT, layer: (index) => namesOf(index), pooler: undefined, ...changes };
}

/** Matrices that keep the size of rows, other values around 1 or 0. */
async function load(parameters: readonly ExpectedParameter[], backend: CpuBackend) {
  const random = new Random(7);
  const weights = new MemoryWeights(parameters.map(({ name, dims }) => {
    const count = dims.reduce((product, n) => product * n, 1);
    const isNorm = dims.length === 1 && name.endsWith("norm.weight");
    const scale = dims.length === 2 ? 1 / Math.sqrt(dims[1]) : 0.1;
    const data = random.normals(count).map((x) => scale * x + (isNorm ? 1 : 0));
    return [name, { dims, data }];
  }));
  return await Parameters.load(backend, weights);
}

function plainParts(parameters: Parameters, norm: Family["norm"]): PlainParts {
  return {
    weight: (name) => parameters.get(name).data,
    heads: CONFIG.num_attention_heads,
    epsilon: CONFIG.layer_norm_eps,
    norm,
  };
}

/** Holds a tensor `[batch, rows, width]` against plain rows; `layers` as in `modelBound`. */
function assertRows(actual: Tensor<"float32">, sequences: readonly Rows[], layers: number): void {
  assertEquals(actual.dims, [sequences.length, sequences[0].length, sequences[0][0].length]);
  const output = Float64Array.from(sequences.flat(2));
  const largest = output.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const size = { layers, width: CONFIG.intermediate_size, output: largest };
  const bound = new Float64Array(output.length).fill(modelBound(size, ACCUMULATION.cpu));
  assertWithin(actual.data, { output, bound });
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

for (const norm of ["post", "pre"] as const) {
  for (const cross of [false, true]) {
    const title = `${norm}-norm ${cross ? "with" : "without"} cross-attention`;
    Deno.test(`runLayer() is the layer in plain loops: ${title}`, async () => {
      const backend = new CpuBackend();
      const names = namesOf(0, cross);
      const parameters = await load(layerParameters(CONFIG, names), backend);
      const parts = { backend, parameters, config: CONFIG, family: familyOf({ norm }) };
      const random = new Random(1);
      const [x, seen] = [draw(random, 5), draw(random, 3)];
      const input = backend.floats(x.flat, [2, 5, 8]);
      const mask = backend.integers(Int32Array.from(MASK.flat()), [2, 5]);
      const inputs: unknown[] = [];
      const attend: SelfAttention = (projected, from) => {
        inputs.push(from.tolist());
        return fullAttention(backend, { ...projected, mask });
      };
      const memory = names.crossAttention && {
        ...projectMemory(parts, names.crossAttention, backend.floats(seen.flat, [2, 3, 8])),
        mask: backend.integers(Int32Array.from(MEMORY_MASK.flat()), [2, 3]),
      };
      const level = backend.memory().tensors;
      const output = runLayer(parts, names, input, attend, memory);
      assertEquals(backend.memory().tensors, level + 1);
      const plain = plainParts(parameters, norm);
      const wanted = x.sequences.map((rows, b) =>
        plainLayer(plain, names, rows, MASK[b], { rows: seen.sequences[b], mask: MEMORY_MASK[b] })
      );
      // Cross-attention adds half as many operations as a layer without has.
      assertRows(output, wanted, cross ? 1.5 : 1);
      // Further projections start from the rows that query, key and value start from.
      assertEquals(inputs.length, 1);
      assertEquals(norm === "post", JSON.stringify(inputs[0]) === JSON.stringify(input.tolist()));
    });
  }
}

Deno.test("runLayer() wants a memory for cross-attention, and none without", async () => {
  const backend = new CpuBackend();
  const parameters = await load(layerParameters(CONFIG, namesOf(0, true)), backend);
  const parts = { backend, parameters, config: CONFIG, family: familyOf({ norm: "pre" }) };
  const x = backend.floats(new Float32Array(16), [1, 2, 8]);
  const attend: SelfAttention = (projected) => fullAttention(backend, projected);
  assertThrows(
    () => runLayer(parts, namesOf(0, true), x, attend),
    TypeError,
    "with cross-attention and no memory",
  );
  assertThrows(
    () => runLayer(parts, namesOf(0), x, attend, { key: x, value: x }),
    TypeError,
    "without cross-attention and a memory",
  );
});

const BARE = { word: "words.weight", global: "globals.weight" };
const TABLE = {
  table: "positions.weight",
  ids: "from_zero",
  tableOffset: 2,
  configOffset: 1,
} as const;

const FAMILIES: readonly (readonly [string, Family])[] = [
  ["post-norm, positions behind offset rows", familyOf({ positions: TABLE })],
  [
    "pre-norm, no positions, no embedding norm, a final norm",
    familyOf({
      norm: "pre",
      positions: "none",
      embeddings: BARE,
      finalNorm: "final.norm",
    }),
  ],
  [
    "pre-norm, no final norm",
    familyOf({ norm: "pre", embeddings: { ...BARE, norm: "first.norm" } }),
  ],
];

for (const [title, family] of FAMILIES) {
  Deno.test(`an encoder follows its family's description: ${title}`, async () => {
    const backend = new CpuBackend();
    const parameters = await load(encoderParameters(CONFIG, family), backend);
    const encoder = new Encoder({ backend, config: CONFIG, parameters }, {}, family);
    const input_ids = [[3, 1, 4, 1, 5], [9, 2, 6, 0, 0]];
    const token_type_ids = [[0, 0, 1, 1, 1], [0, 0, 0, 0, 0]];
    const limits = { vocabulary: 11, types: 2 };
    const batch = readInputs({ input_ids, attention_mask: MASK, token_type_ids }, limits);
    const { lastHiddenState } = await encoder.forward(batch);

    const plain = plainParts(parameters, family.norm);
    const { word, tokenType, norm } = family.embeddings;
    const row = (
      table: string,
      r: number,
    ) => [...parameters.get(table).data.slice(8 * r, 8 * r + 8)];
    const { positions } = family;
    const wanted = input_ids.map((ids, b) => {
      let x = ids.map((id) => row(word, id));
      if (positions !== "none") {
        x = add(x, ids.map((_, i) => row(positions.table, positions.tableOffset + i)));
      }
      if (tokenType) x = add(x, token_type_ids[b].map((type) => row(tokenType, type)));
      if (norm) x = layerNorm(plain, norm, x);
      for (let i = 0; i < LAYERS; i++) x = plainLayer(plain, namesOf(i), x, MASK[b]);
      return family.finalNorm ? layerNorm(plain, family.finalNorm, x) : x;
    });
    assertRows(lastHiddenState, wanted, LAYERS);
  });
}

Deno.test("the offsets of a position table say how long a text may be", async () => {
  const backend = new CpuBackend();
  const family = familyOf({ positions: TABLE });
  // The config's 9 count one of the two rows in front: 8 positions in 10 rows.
  const parameters = await load(encoderParameters(CONFIG, family), backend);
  assertEquals(parameters.get(TABLE.table).dims, [10, 8]);
  const encoder = new Encoder({ backend, config: CONFIG, parameters }, {}, family);
  const batchOf = (tokens: number) =>
    readInputs({ input_ids: [Array(tokens).fill(1)] }, { vocabulary: 11, types: 1 });
  assertEquals((await encoder.forward(batchOf(8))).lastHiddenState.dims, [1, 8, 8]);
  await assertRejects(
    () => encoder.forward(batchOf(9)),
    RangeError,
    "Cannot encode 9 tokens: the model has positions for 8",
  );
});
