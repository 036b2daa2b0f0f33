/** Every attention pattern as a computation of operands on a backend, to be differentiated. */
import { plainRotation } from "../../attention/rotary/rotation.ts";
import { fullAttention } from "../../attention/full/full_attention.ts";
import { longformerAttention } from "../../attention/longformer/longformer_attention.ts";
import { longformerRows } from "../../attention/longformer/longformer_masks.ts";
import { lsgAttention } from "../../attention/lsg/lsg_attention.ts";
import { LSG_DEFAULTS, SPARSITY_TYPES } from "../../attention/lsg/lsg_parameters.ts";
import { lshColumns, lshProjections } from "../../attention/lsg/lsh_projections.ts";
import {
  selfExtendAdditive,
  selfExtendRotary,
  selfExtendTurns,
} from "../../attention/self_extend/self_extend_attention.ts";
import { everything, slidingWindow } from "../../ops/span.ts";
import type { Backend, Floats } from "../../ops/backend.ts";

const BATCH = 2;
const HEADS = 2;
const WIDTH = 4;
const ROW = HEADS * WIDTH;
const GLOBALS = 2;

/** A pattern. */
export interface TrainedAttention {
  readonly name: string;
  /** Whether a token sees nothing after itself. */
  readonly causal: boolean;
  /** Tokens of a sequence. */
  readonly tokens: number;
  /** Rows before the tokens. */
  readonly globals: number;
  /** Whether it does not use the tokens' mask. */
  readonly hasOwnMasks?: boolean;
  /** Dimensions of query, key, value and of what comes to these. */
  readonly dims: readonly (readonly number[])[];
  /** Computes `[batch, rows, ROW]`; the sequences may come in another order. */
  readonly compute: (on: Backend, operands: readonly Floats[], order?: Order) => Floats;
}

/** Which sequence comes where. */
export type Order = readonly number[];

/** The order of the masks. */
const ASCENDING: Order = [0, 1];

/** Rows of sequences in another order. */
export function reorder<Values extends Float32Array | Int32Array>(
  values: Values,
  order: Order,
): Values {
  const result = values.slice() as Values;
  const size = values.length / order.length;
  order.forEach((from, to) =>
    result.set(values.subarray(from * size, (from + 1) * size), to * size)
  );
  return result;
}

/** Which tokens are visible: in the second sequence there is a hole, and padding at the end. */
export function visible(tokens: number): Int32Array {
  return Int32Array.from(
    { length: BATCH * tokens },
    (_, i) => i >= tokens && (i % tokens === 2 || i % tokens >= tokens - 4) ? 0 : 1,
  );
}

const maskOf = (on: Backend, tokens: number, order: Order) =>
  on.integers(reorder(visible(tokens), order), [BATCH, tokens]);
const qkv = (rows: number) => [0, 1, 2].map(() => [BATCH, rows, ROW]);

const full = (causal: boolean): TrainedAttention => ({
  name: `full${causal ? ", causal" : ""}`,
  causal,
  tokens: 9,
  globals: 0,
  dims: qkv(9),
  compute: (on, [query, key, value], order = ASCENDING) =>
    fullAttention(on, { query, key, value, heads: HEADS, mask: maskOf(on, 9, order) }, causal),
});

function lsg(
  sparsity_type: typeof SPARSITY_TYPES[number],
  causal: boolean,
  tokens = 19,
  sparsity_factor = 2,
): TrainedAttention {
  const parameters = {
    ...LSG_DEFAULTS,
    block_size: 4,
    sparse_block_size: 4,
    sparsity_factor,
    sparsity_type,
    num_global_tokens: GLOBALS,
  };
  return {
    name: `LSG ${sparsity_type}, factor ${sparsity_factor}, ${tokens} tokens` +
      (causal ? ", causal" : ""),
    causal,
    tokens,
    globals: GLOBALS,
    dims: qkv(GLOBALS + tokens),
    compute(on, [query, key, value], order = ASCENDING) {
      const shape = { layers: 1, heads: HEADS, width: WIDTH, layer: 0, seed: 5 };
      const columns = sparsity_type === "lsh" ? lshColumns(parameters) : [];
      const projections = sparsity_type === "lsh"
        ? lshProjections(parameters, shape).map((values, round) =>
          on.floats(values, [HEADS, WIDTH, columns[round]])
        )
        : undefined;
      const mask = maskOf(on, tokens, order);
      const input = {
        query,
        key,
        value,
        heads: HEADS,
        mask,
        globals: GLOBALS,
        causal,
        projections,
      };
      return lsgAttention(on, input, parameters);
    },
  };
}

const longformer = (globals: boolean): TrainedAttention => ({
  name: `Longformer ${globals ? "with" : "without"} globals`,
  causal: false,
  tokens: 13,
  globals: 0,
  dims: [...qkv(13), ...qkv(13)],
  compute(on, [query, key, value, globalQuery, globalKey, globalValue], order = ASCENDING) {
    const tokens = 13;
    const isGlobal = Int32Array.from(
      { length: BATCH * tokens },
      (_, i) => globals && (i === 0 || i === 7 || i === tokens) ? 1 : 0,
    );
    const rows = longformerRows(
      reorder(visible(tokens), order),
      reorder(isGlobal, order),
      BATCH,
    );
    const count = rows.globals;
    const masks = {
      visible: maskOf(on, tokens, order),
      local: on.integers(rows.local, [BATCH, tokens]),
      globalRows: on.integers(rows.globalRows, [BATCH, count]),
      globalMask: on.integers(rows.globalMask, [BATCH, count]),
    };
    const global = globals
      ? {
        query: on.gatherRows(globalQuery, masks.globalRows),
        key: globalKey,
        value: globalValue,
      }
      : undefined;
    return longformerAttention(on, { query, key, value, global, heads: HEADS, masks }, 4);
  },
});

const selfExtend = (rotary: boolean): TrainedAttention => ({
  name: `Self-Extend, ${rotary ? "rotary, fewer key heads" : "additive"}`,
  causal: true,
  tokens: 11,
  globals: 0,
  dims: rotary ? [[BATCH, 11, 2 * ROW], [BATCH, 11, ROW], [BATCH, 11, ROW]] : qkv(11),
  compute(on, [query, key, value], order = ASCENDING) {
    const input = { query, key, value, mask: maskOf(on, 11, order) };
    const shape = { group: 3, window: 4 };
    if (!rotary) return selfExtendAdditive(on, { ...input, heads: HEADS, keyHeads: HEADS }, shape);
    const turns = selfExtendTurns(on, 11, shape, plainRotation(10000, ROW / HEADS));
    return selfExtendRotary(on, { ...input, heads: 2 * HEADS, keyHeads: HEADS }, 4, turns);
  },
});

const cross: TrainedAttention = {
  name: "cross-attention",
  causal: false,
  tokens: 9,
  globals: 0,
  dims: [[BATCH, 3, ROW], [BATCH, 9, ROW], [BATCH, 9, ROW]],
  compute: (on, [query, key, value], order = ASCENDING) =>
    fullAttention(on, { query, key, value, heads: HEADS, mask: maskOf(on, 9, order) }),
};

const masked: TrainedAttention = {
  name: "masked queries, positions, a mask for each head, rows that see nothing",
  hasOwnMasks: true,
  causal: false,
  tokens: 6,
  globals: 0,
  dims: [
    [BATCH, 5, 2 * ROW],
    [BATCH, 6, ROW],
    [BATCH, 6, ROW],
    [BATCH, 5, 2 * ROW],
    [BATCH, 6, ROW],
  ],
  compute(on, [query, keys, values, own, others], order = ASCENDING) {
    const perHead = on.integers(
      reorder(
        Int32Array.from({ length: BATCH * 2 * HEADS * 4 }, (_, i) => i % 3 === 1 ? 0 : 1),
        order,
      ),
      [BATCH, 2 * HEADS, 4],
    );
    const source = { keys, values, first: 1, count: 4 };
    const parts = [
      { first: 0, count: 2, position: 3, sources: [{ ...source, spans: [slidingWindow(1, 0)] }] },
      {
        first: 3,
        count: 2,
        sources: [
          { ...source, mask: perHead, query: own, spans: [everything(4, true)] },
          { ...source, first: 0, count: 1, spans: [everything(1)] },
          // The same keys with other values.
          { ...source, values: others, first: 5, count: 1, spans: [everything(1)] },
        ],
      },
    ];
    const queryMask = on.integers(
      reorder(Int32Array.from({ length: BATCH * 5 }, (_, i) => i === 4 || i === 5 ? 0 : 1), order),
      [BATCH, 5],
    );
    return on.attend(query, parts, { heads: 2 * HEADS, keyHeads: HEADS, scale: 0.7, queryMask });
  },
};

/** All patterns. */
export const TRAINED_ATTENTIONS: readonly TrainedAttention[] = [
  full(false),
  full(true),
  ...SPARSITY_TYPES.flatMap((type) => [lsg(type, false), lsg(type, true)]),
  lsg("norm", false, 7),
  lsg("norm", true, 7),
  lsg("norm", false, 19, 1),
  lsg("lsh", false, 19, 4),
  lsg("pooling", false, 19, 4),
  longformer(true),
  longformer(false),
  selfExtend(true),
  selfExtend(false),
  cross,
  masked,
];
