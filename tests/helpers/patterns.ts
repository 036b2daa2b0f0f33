/** Every attention pattern with a common signature, for properties that all have. */
import { SPARSITY_TYPES } from "../../attention/mod.ts";
import type { Backend } from "../../ops/backend.ts";
import {
  bigbirdAttention,
  efficientAttention,
  fullAttention,
  linearAttention,
  linformerAttention,
  longformerAttention,
  lsgAttention,
  lsgLayer,
  performerAttention,
  reformerAttention,
  selfExtendAdditive,
  selfExtendRotary,
} from "../../functional/mod.ts";
import type { Draw } from "./draw.ts";
import { swapAxes } from "./swap_axes.ts";
import type { Subject } from "./test_on_backends.ts";

const HEADS = 2;
const WIDTH = 4;
/** Columns of a row, for all heads. */
export const COLUMNS = HEADS * WIDTH;
const GLOBALS = 2;

/** Arrays of a batch; the first dimension is the sequence. */
export interface Sequences {
  readonly batch: number;
  readonly tokens: number;
  /** `[batch, tokens, COLUMNS]` by name: query, key, value, and those of Longformer's globals. */
  readonly rows: Readonly<Record<RowName, Float32Array>>;
  /** `[batch, GLOBALS, COLUMNS]`: queries, keys and values of prepended globals. */
  readonly globals: Readonly<Record<GlobalName, Float32Array>>;
  /** `[batch, tokens]`. */
  readonly mask: Int32Array;
  /** `[batch, tokens]`: Longformer's global tokens. */
  readonly globalMask: Int32Array;
}

const ROW_NAMES = ["query", "key", "value", "queryGlobal", "keyGlobal", "valueGlobal"] as const;
type RowName = typeof ROW_NAMES[number];
const GLOBAL_NAMES = ["globalQuery", "globalKey", "globalValue"] as const;
type GlobalName = typeof GLOBAL_NAMES[number];

/** An attention pattern on {@linkcode Sequences}. */
export interface Pattern extends Subject {
  readonly causal: boolean;
  /** Whether every query sees at least one key that cannot be masked. */
  readonly alwaysSees: boolean;
  /** Rows of the first token that are read even if it is masked. */
  readonly readsOfMaskedFirst: readonly RowName[];
  /** Computes `[batch, tokens, COLUMNS]`. */
  run(sequences: Sequences, backend: Backend): Promise<Float32Array>;
  /** Computes `[batch, GLOBALS, COLUMNS]`, for patterns with prepended globals. */
  runGlobals?(sequences: Sequences, backend: Backend): Promise<Float32Array>;
}

/** Leaves out Longformer's rows of global tokens, which other attentions refuse. */
function plain({ query, key, value }: Sequences["rows"]) {
  return { query, key, value };
}

function full(causal: boolean): Pattern {
  return {
    name: causal ? "full, causal" : "full",
    causal,
    alwaysSees: false,
    readsOfMaskedFirst: [],
    run: ({ batch, tokens, rows, mask }, backend) =>
      fullAttention({ ...plain(rows), mask }, { batch, tokens, heads: HEADS, causal, backend }),
  };
}

const lsgShape = { block_size: 4, sparse_block_size: 4, sparsity_factor: 2 };

function lsg(sparsity_type: typeof SPARSITY_TYPES[number], causal: boolean): Pattern {
  const run = ({ batch, tokens, rows, globals, mask }: Sequences, backend: Backend) =>
    lsgAttention({ ...plain(rows), ...globals, mask }, {
      ...lsgShape,
      backend,
      batch,
      tokens,
      heads: HEADS,
      sparsity_type,
      num_global_tokens: GLOBALS,
      causal,
    });
  return {
    name: `LSG ${sparsity_type}${causal ? ", causal" : ""}`,
    causal,
    alwaysSees: true,
    readsOfMaskedFirst: sparsity_type === "bos_pooling" ? ["query"] : [],
    run: async (sequences, backend) => (await run(sequences, backend)).output,
    runGlobals: async (sequences, backend) => (await run(sequences, backend)).globalOutput,
  };
}

function layer(
  sparsity_type: Exclude<typeof SPARSITY_TYPES[number], "lsh">,
  causal: boolean,
  global_token: boolean,
): Pattern {
  const flags = [causal && "causal", global_token && "token 0 global"].filter(Boolean);
  return {
    name: ["layer " + sparsity_type, ...flags].join(", "),
    causal,
    alwaysSees: global_token,
    // A global token is never masked.
    readsOfMaskedFirst: global_token ? ROW_NAMES : sparsity_type === "bos_pooling" ? ["query"] : [],
    run: async ({ batch, tokens, rows, mask }, backend) => {
      const [query, key, value] = [rows.query, rows.key, rows.value].map((x) =>
        swapAxes(x, batch, tokens, HEADS)
      );
      const output = await lsgLayer({ query, key, value, mask }, {
        block_size: 4,
        sparsity_factor: 2,
        backend,
        batch,
        tokens,
        heads: HEADS,
        sparsity_type,
        causal,
        global_token,
      });
      return swapAxes(output, batch, HEADS, tokens);
    },
  };
}

const longformer: Pattern = {
  name: "Longformer",
  causal: false,
  alwaysSees: false,
  readsOfMaskedFirst: [],
  run: ({ batch, tokens, rows, mask, globalMask }, backend) =>
    longformerAttention({ ...rows, mask, globalMask }, {
      backend,
      batch,
      tokens,
      heads: HEADS,
      attention_window: 4,
    }),
};

const selfExtend: Pattern[] = [
  { name: "Self-Extend, rotary", heads: HEADS, attend: selfExtendRotary },
  { name: "Self-Extend, additive", heads: 1, attend: selfExtendAdditive },
].map(({ name, heads, attend }) => ({
  name,
  causal: true,
  alwaysSees: false,
  readsOfMaskedFirst: [],
  run: ({ batch, tokens, rows, mask }, backend) =>
    attend({ ...plain(rows), mask }, { batch, tokens, heads, group: 3, window: 4, backend }),
}));

/** Blocks so small that attention over ten tokens is sparse. */
const BIGBIRD = { block_size: 2, num_random_blocks: 0 };

const comparisons: Pattern[] = Object.entries({
  BigBird: bigbirdAttention,
  linear: linearAttention,
  efficient: efficientAttention,
  Performer: performerAttention,
  Linformer: linformerAttention,
  Reformer: reformerAttention,
}).map(([name, attend]) => ({
  name,
  causal: false,
  alwaysSees: false,
  readsOfMaskedFirst: [],
  run: ({ batch, tokens, rows, mask }, backend) => {
    const shape = { batch, tokens, heads: HEADS, backend };
    return attend({ ...plain(rows), mask }, { ...shape, ...(name === "BigBird" && BIGBIRD) });
  },
}));

const both = [false, true];

/** Every pattern in every variant. */
export const PATTERNS: readonly Pattern[] = [
  ...both.map(full),
  ...SPARSITY_TYPES.flatMap((type) => both.map((causal) => lsg(type, causal))),
  ...SPARSITY_TYPES.filter((type) => type !== "lsh").flatMap((type) =>
    both.flatMap((causal) => both.map((global) => layer(type, causal, global)))
  ),
  longformer,
  ...selfExtend,
  ...comparisons,
];

/** Draws sequences with a given mask; a third of the tokens are global in Longformer. */
export function drawSequences(
  draw: Draw,
  batch: number,
  tokens: number,
  mask: Int32Array,
): Sequences {
  const record = <Name extends string>(names: readonly Name[], count: number) =>
    Object.fromEntries(
      names.map((name) => [name, draw.normals(batch * count * COLUMNS)]),
    ) as Record<Name, Float32Array>;
  return {
    batch,
    tokens,
    rows: record(ROW_NAMES, tokens),
    globals: record(GLOBAL_NAMES, GLOBALS),
    mask,
    globalMask: Int32Array.from({ length: batch * tokens }, () => draw.oneIn(3) ? 1 : 0),
  };
}

/** Copies sequences and calls `write` to change the rows of some tokens. */
export function withTokens(
  sequences: Sequences,
  positions: readonly number[],
  write: (row: Float32Array, name: RowName, position: number) => void,
): Sequences {
  const rows = Object.fromEntries(ROW_NAMES.map((name) => {
    const copy = sequences.rows[name].slice();
    positions.forEach((position) =>
      write(copy.subarray(position * COLUMNS, (position + 1) * COLUMNS), name, position)
    );
    return [name, copy];
  })) as Record<RowName, Float32Array>;
  return { ...sequences, rows };
}

/** Copies some sequences of a batch, in the given order. */
export function pickSequences(sequences: Sequences, order: readonly number[]): Sequences {
  const pickAll = <Name extends string>(arrays: Readonly<Record<Name, Float32Array>>) =>
    Object.fromEntries(
      Object.entries<Float32Array>(arrays).map(([name, x]) => [name, pick(x)]),
    ) as Record<Name, Float32Array>;
  return {
    batch: order.length,
    tokens: sequences.tokens,
    rows: pickAll(sequences.rows),
    globals: pickAll(sequences.globals),
    mask: pick(sequences.mask),
    globalMask: pick(sequences.globalMask),
  };

  function pick<Values extends Float32Array | Int32Array>(x: Values): Values {
    return pickRows(x, sequences.batch, order);
  }
}

/** Copies some of the `count` equal parts of an array, in the given order. */
export function pickRows<Values extends Float32Array | Int32Array>(
  x: Values,
  count: number,
  order: readonly number[],
): Values {
  const size = x.length / count;
  const result = x.slice(0, order.length * size) as Values;
  order.forEach((from, to) => result.set(x.subarray(from * size, (from + 1) * size), to * size));
  return result;
}
