/**
 * The patterns of LSG attention and of its stand-alone layer.
 *
 * @module
 */
import {
  type LsgParameters,
  resolveLsgParameters,
  selectionChunk,
} from "../attention/lsg/lsg_parameters.ts";
import { isDense } from "../attention/lsg/lsg_pattern.ts";
import { lsgAttention } from "../functional/lsg_attention.ts";
import { lsgLayer, type LsgLayerShape } from "../functional/lsg_layer.ts";
import { Random } from "../tensor/random.ts";
import {
  type AttentionPattern,
  checkPatternSize,
  type PatternSize,
  visibleRows,
} from "./attention_pattern.ts";
import { AttentionRecorder, numberedRows, type RecordedPart } from "./attention_recorder.ts";
import { lsgLegend } from "./lsg_legend.ts";
import type { KeyKind, VisibleSource } from "./visible_keys.ts";

/** Sizes, direction and the seed of the keys that entries are chosen by. */
export interface LsgPatternSize extends PatternSize {
  /** Whether a token sees nothing after itself. */
  readonly causal: boolean;
  /** Seed of the random keys that `norm` compares. */
  readonly seed: number;
}

/**
 * Which keys LSG attention sees.
 *
 * @param given LSG parameters as in a config; absent ones take their default.
 * @param size Sizes, direction and seed.
 * @returns The pattern.
 * @throws {RangeError} If a parameter or a size is out of range.
 */
export async function recordLsg(
  given: Readonly<Record<string, unknown>>,
  size: LsgPatternSize,
): Promise<AttentionPattern> {
  checkPatternSize(size);
  const parameters = resolveLsgParameters(given);
  const { tokens, heads, causal } = size;
  const globals = parameters.num_global_tokens;
  const recorder = new AttentionRecorder(size.head);
  const rows = numberedRows(tokens, heads, globals);
  const globalRows = numberedRows(globals, heads);
  await lsgAttention({
    query: rows,
    key: new Random(size.seed).normals(rows.length),
    value: rows,
    globalQuery: globalRows,
    globalKey: new Float32Array(globalRows.length),
    globalValue: globalRows,
  }, { ...parameters, batch: 1, tokens, heads, causal, backend: recorder });
  const firstVisible = globals + Number(parameters.mask_first_token);
  return {
    name: "LSG attention",
    parameters: drawnParameters(parameters, size, {
      num_global_tokens: globals,
      ...(parameters.mask_first_token && { mask_first_token: true }),
    }),
    globals,
    tokens,
    block: parameters.block_size,
    causal,
    rows: visibleRows(
      recorder.parts,
      (part, index) => kindsOf(part, index === 0, true),
      sparseEntries(parameters, globals, firstVisible, globals + tokens),
    ),
    legend: lsgLegend(parameters, { ...size, globals }),
  };
}

/**
 * Which keys the stand-alone layer sees.
 *
 * @param given Block size, sparsity factor and type, whether token 0 is global.
 * @param size Sizes, direction and seed.
 * @returns The pattern.
 * @throws {RangeError} If a parameter or a size is out of range.
 */
export async function recordLsgLayer(
  given: Pick<LsgLayerShape, "block_size" | "sparsity_factor" | "sparsity_type" | "global_token">,
  size: LsgPatternSize,
): Promise<AttentionPattern> {
  checkPatternSize(size);
  const { block_size = 128, sparsity_factor = 8, sparsity_type = "none", global_token = true } =
    given;
  const parameters = resolveLsgParameters({
    block_size,
    sparse_block_size: block_size,
    sparsity_factor,
    sparsity_type,
  });
  const { tokens, heads, causal } = size;
  const recorder = new AttentionRecorder(size.head);
  // The layer takes `[batch, heads, tokens, width]`: each head numbers the tokens anew.
  const rows = Float32Array.from({ length: heads * tokens }, (_, i) => i % tokens);
  await lsgLayer(
    { query: rows, key: new Random(size.seed).normals(rows.length), value: rows },
    { ...given, batch: 1, tokens, heads, causal, backend: recorder },
  );
  const hasGlobal = global_token && !isDense(tokens, parameters);
  return {
    name: "Stand-alone LSG layer",
    parameters: drawnParameters(parameters, size, { global_token }),
    globals: 0,
    tokens,
    block: block_size,
    causal,
    rows: visibleRows(
      recorder.parts,
      (part, index) => kindsOf(part, hasGlobal && index === 0, hasGlobal),
      sparseEntries(parameters, 0, Number(hasGlobal), tokens),
    ),
    legend: lsgLegend(parameters, { ...size, globals: Number(hasGlobal) }),
  };
}

/** Sources come as globals, sparse entries, local tokens; a global query sees all as one. */
function kindsOf(part: RecordedPart, isGlobal: boolean, hasGlobal: boolean): KeyKind[] {
  const last = part.sources.length - 1;
  return part.sources.map((_, i) => {
    if (isGlobal || (hasGlobal && i === 0)) return "global";
    return i === last ? "local" : "sparse";
  });
}

/** What entries are made from: all of their group, or a choice from the selection chunk. */
function sparseEntries(
  parameters: LsgParameters,
  firstToken: number,
  firstVisible: number,
  end: number,
): Partial<VisibleSource> {
  const { sparsity_type, sparsity_factor: factor, block_size } = parameters;
  if (factor <= 1) return {};
  const group = sparsity_type === "norm" || sparsity_type === "lsh"
    ? selectionChunk(parameters)
    : sparsity_type === "block_stride"
    ? block_size
    : factor;
  const averaged = sparsity_type.endsWith("pooling") || sparsity_type === "lsh";
  return {
    ...(averaged && { columns: undefined }),
    reach: (entry) => {
      const start = firstToken + Math.floor(entry * factor / group) * group;
      return [Math.max(start, firstVisible), Math.min(start + group, end)];
    },
  };
}

function drawnParameters(
  parameters: LsgParameters,
  { tokens, heads, head, causal, seed }: LsgPatternSize,
  more: Record<string, number | boolean>,
): AttentionPattern["parameters"] {
  const { block_size, sparse_block_size, sparsity_factor, sparsity_type } = parameters;
  return {
    tokens,
    block_size,
    ...(sparsity_type !== "none" && { sparse_block_size, sparsity_factor }),
    sparsity_type,
    ...more,
    ...(sparsity_type.endsWith("stride") && { head: `${head} of ${heads}` }),
    ...(sparsity_type === "norm" && { seed }),
    ...(causal && { causal }),
  };
}
