/**
 * Recordings of LSG attention and of its stand-alone layer.
 *
 * @module
 */
import { lsgAttention } from "../attention/lsg/lsg_attention.ts";
import { lsgLayer } from "../attention/lsg/lsg_layer.ts";
import {
  type LsgParameters,
  resolveLsgParameters,
  selectionChunk,
  type SparsityType,
} from "../attention/lsg/lsg_parameters.ts";
import { isDense, maskFirstTokens } from "../attention/lsg/lsg_pattern.ts";
import { lshColumns, lshProjections } from "../attention/lsg/lsh_projections.ts";
import type { Backend, Floats } from "../ops/backend.ts";
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

/** Sizes of an LSG pattern and the seed of its keys. */
export interface LsgPatternSize extends PatternSize {
  /** Whether attention is causal. */
  readonly causal: boolean;
  /** Seed of the random keys that sparse entries are chosen by. */
  readonly seed: number;
}

/** Parameters of the stand-alone layer. */
export interface LsgLayerParameters {
  /** Tokens per block; 128 if absent. */
  readonly block_size?: number;
  /** Tokens per sparse entry; 8 if absent. */
  readonly sparsity_factor?: number;
  /** Kind of sparse entries; `none` if absent. */
  readonly sparsity_type?: Exclude<SparsityType, "lsh">;
  /** Whether token 0 is global; true if absent. */
  readonly global_token?: boolean;
}

/**
 * Records LSG attention.
 *
 * @param given LSG parameters as in a config; defaults apply to absent ones.
 * @param size Sizes and seed.
 * @returns The pattern.
 * @throws {RangeError} If a parameter or a size is out of range.
 */
export function recordLsg(
  given: Readonly<Record<string, unknown>>,
  size: LsgPatternSize,
): AttentionPattern {
  checkPatternSize(size);
  const parameters = resolveLsgParameters(given);
  const { tokens, heads, causal, seed } = size;
  const globals = parameters.num_global_tokens;
  const recorder = new AttentionRecorder(size.head);
  const dims = [1, globals + tokens, heads];
  const rows = recorder.backend.floats(numberedRows(globals + tokens, heads), dims);
  const keys = new Float32Array((globals + tokens) * heads);
  keys.set(new Random(seed).normals(tokens * heads), globals * heads);
  const ones = new Int32Array(tokens).fill(1);
  const mask = parameters.mask_first_token ? maskFirstTokens(ones, tokens) : ones;
  const input = {
    query: rows,
    key: recorder.backend.floats(keys, dims),
    value: rows,
    mask: recorder.backend.integers(mask, [1, tokens]),
    heads,
    globals,
    causal,
    projections: projectionsOf(recorder.backend, parameters, heads, seed),
  };
  lsgAttention(recorder.backend, input, parameters);
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
 * Records the stand-alone layer.
 *
 * @param given Parameters; defaults apply to absent ones.
 * @param size Sizes and seed.
 * @returns The pattern.
 * @throws {RangeError} If a parameter or a size is out of range.
 */
export function recordLsgLayer(given: LsgLayerParameters, size: LsgPatternSize): AttentionPattern {
  checkPatternSize(size);
  const { block_size = 128, sparsity_factor = 8, sparsity_type = "none", global_token = true } =
    given;
  if (sparsity_type as string === "lsh") {
    throw new RangeError('Cannot use sparsity_type "lsh" in the stand-alone layer: wanted another');
  }
  const parameters = resolveLsgParameters({
    block_size,
    sparse_block_size: block_size,
    sparsity_factor,
    sparsity_type,
  });
  const { tokens, heads, causal, seed } = size;
  const recorder = new AttentionRecorder(size.head);
  const dims = [1, tokens, heads];
  const rows = recorder.backend.floats(numberedRows(tokens, heads), dims);
  // Drawn head by head, as the layer's own inputs are laid out.
  const normals = new Random(seed).normals(heads * tokens);
  const keys = normals.map((_, i) => normals[i % heads * tokens + Math.floor(i / heads)]);
  const mask = new Int32Array(tokens).fill(1);
  const input = {
    query: rows,
    key: recorder.backend.floats(keys, dims),
    value: rows,
    mask: recorder.backend.integers(mask, [1, tokens]),
    maskWithoutFirst: recorder.backend.integers(maskFirstTokens(mask, tokens), [1, tokens]),
    heads,
    causal,
    globalToken: global_token,
  };
  lsgLayer(recorder.backend, input, parameters);
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

/** Projections of `lsh` for heads of width 1. */
function projectionsOf(
  backend: Backend,
  parameters: LsgParameters,
  heads: number,
  seed: number,
): Floats[] {
  if (parameters.sparsity_type !== "lsh") return [];
  const columns = lshColumns(parameters);
  return lshProjections(parameters, { heads, width: 1, layer: 0, seed })
    .map((values, round) => backend.floats(values, [heads, 1, columns[round]]));
}

/** Sources are globals, sparse entries and local tokens, in this order; a global query sees all. */
function kindsOf(part: RecordedPart, isGlobal: boolean, hasGlobal: boolean): KeyKind[] {
  const last = part.sources.length - 1;
  return part.sources.map((_, i) => {
    if (isGlobal || (hasGlobal && i === 0)) return "global";
    return i === last ? "local" : "sparse";
  });
}

/** Reach of sparse entries: their group, or the selection chunk that they are chosen from. */
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
