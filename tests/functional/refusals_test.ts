import { assertRejects } from "@std/assert";
import {
  bigbirdAttention,
  fullAttention,
  linformerAttention,
  longformerAttention,
  lsgAttention,
  lsgLayer,
  performerAttention,
  reformerAttention,
} from "../../functional/mod.ts";
import * as functions from "../../functional/mod.ts";

// One sequence of 8 tokens, 2 heads of width 2.
const SHAPE = { batch: 1, tokens: 8, heads: 2 };
const x = new Float32Array(32);
const INPUT = { query: x, key: x, value: x };
const BLOCKS = { block_size: 1, num_random_blocks: 1 };
const matrices = (key: number, value: number) => ({
  projections: { key: new Float32Array(key), value: new Float32Array(value) },
});

// deno-lint-ignore no-explicit-any -- anything that a JavaScript caller may pass
type Attention = (input: any, shape: any) => Promise<unknown>;

const WRONG: [Attention, object, object, ErrorConstructor, string][] = [
  [fullAttention, { query: [1, 2] }, {}, TypeError, "query is Array, wanted a Float32Array"],
  [fullAttention, { key: undefined }, {}, TypeError, "key is undefined, wanted a Float32Array"],
  [fullAttention, { mask: new Uint8Array(8) }, {}, TypeError, "mask is Uint8Array, wanted an Int"],
  [fullAttention, {}, { causal: "false" }, TypeError, 'causal "false": wanted true or false'],
  [lsgAttention, {}, { causal: 1 }, TypeError, "causal 1: wanted true or false"],
  [lsgLayer, {}, { causal: 1 }, TypeError, "causal 1: wanted true or false"],
  [lsgLayer, {}, { global_token: 1 }, TypeError, "global_token 1: wanted true or false"],
  [lsgLayer, {}, { sparse_block_size: 4 }, TypeError, "with sparse_block_size: wanted batch"],
  [longformerAttention, {}, { causal: true }, TypeError, "with causal: wanted batch"],
  [fullAttention, {}, { backend: "cpu" }, TypeError, "with the backend cpu: wanted one that"],
  [
    performerAttention,
    {},
    { features: new Float32Array(3) },
    RangeError,
    "features has 3 values, wanted a multiple of width 2",
  ],
  [performerAttention, {}, { features: new Float32Array() }, RangeError, "features has 0 values"],
  [performerAttention, {}, { features: [1, 2] }, TypeError, "features is Array"],
  [performerAttention, {}, { seed: NaN }, RangeError, "seed must be an integer"],
  [
    reformerAttention,
    {},
    { projection: new Float32Array(3) },
    RangeError,
    "projection has 3 values, wanted a multiple of heads 2 × width 2",
  ],
  [reformerAttention, {}, { projection: new Float32Array() }, RangeError, "has 0 values"],
  [linformerAttention, {}, matrices(3, 8), RangeError, "projections.key has 3 values, wanted a"],
  [linformerAttention, {}, matrices(0, 0), RangeError, "projections.key has 0 values"],
  [
    linformerAttention,
    {},
    matrices(16, 8),
    RangeError,
    "projections.value has 8 values, projections.key 16; wanted the same",
  ],
  [linformerAttention, {}, { projections: x }, TypeError, "projections.key is undefined"],
  [bigbirdAttention, {}, { block_size: 0 }, RangeError, "Cannot use block_size 0"],
  [bigbirdAttention, {}, { ...BLOCKS, randomBlocks: [1] }, TypeError, "wanted an Int32Array"],
  [
    bigbirdAttention,
    {},
    { ...BLOCKS, randomBlocks: new Int32Array(3) },
    RangeError,
    "random blocks of 3 values: wanted 12",
  ],
];

for (const [attention, input, shape, ErrorType, message] of WRONG) {
  Deno.test(`${attention.name}() throws: ${message}`, async () => {
    const run = () => attention({ ...INPUT, ...input }, { ...SHAPE, ...shape });
    await assertRejects(run, ErrorType, message);
  });
}

for (const attention of Object.values(functions)) {
  Deno.test(`${attention.name}() refuses names that it does not have`, async () => {
    for (
      const [input, shape, message] of [
        [INPUT, { ...SHAPE, blocksize: 4 }, "Cannot attend with blocksize: wanted batch, tokens"],
        [INPUT, undefined, "Cannot attend with the options undefined: wanted an object"],
        [undefined, SHAPE, "Cannot attend to undefined: wanted an object with arrays"],
        [
          { ...INPUT, attention_mask: new Int32Array(8) },
          SHAPE,
          "Cannot attend with attention_mask: wanted query, key, value, mask",
        ],
      ] as const
    ) await assertRejects(() => (attention as Attention)(input, shape), TypeError, message);
  });
}
