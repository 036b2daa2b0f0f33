/**
 * Runs of the attentions that the paper compares with.
 *
 * @module
 */
import { REFORMER_CHUNK } from "../attention/mod.ts";
import type { Backend } from "../ops/backend.ts";
import {
  bigbirdAttention,
  efficientAttention,
  linearAttention,
  linformerAttention,
  performerAttention,
  reformerAttention,
} from "../functional/mod.ts";
import { boundOf, type Golden, type Run, visibleRows } from "./attention_run.ts";
import {
  ACCUMULATION,
  featureBound,
  type FeatureSize,
  largestLength,
  largestMagnitude,
  storageError,
  UNIT,
} from "./bounds.ts";
import { compare, type Comparison, type Values } from "./compare.ts";

/** By the golden file's name. */
export const comparisonRuns: Readonly<Record<string, Run>> = {
  bigbird: verifyBigbird,
  linear: verifyLinear,
  efficient: verifyEfficient,
  performer: verifyPerformer,
  linformer: verifyLinformer,
  reformer: verifyReformer,
};

async function verifyBigbird(golden: Golden, backend: Backend) {
  const { input, shape, tokens } = read(golden, backend);
  const blocks = golden.parameters as { block_size: number; num_random_blocks: number };
  const randomBlocks = golden.integers.random_blocks;
  const data = await bigbirdAttention(input, { ...shape, ...blocks, randomBlocks });
  return verdict(golden, data, boundOf(golden.tensors, backend, shape.heads, tokens));
}

async function verifyLinear(golden: Golden, backend: Backend) {
  const { input, shape, width } = read(golden, backend);
  const data = await linearAttention(input, shape);
  return verdict(golden, data, rowBound(golden, backend, width));
}

async function verifyEfficient(golden: Golden, backend: Backend) {
  const { input, shape, width } = read(golden, backend);
  const data = await efficientAttention(input, shape);
  return verdict(golden, data, rowBound(golden, backend, width));
}

async function verifyPerformer(golden: Golden, backend: Backend) {
  const { input, shape, tokens, width } = read(golden, backend);
  const { query, key, value, features } = golden.tensors;
  const data = await performerAttention(input, { ...shape, features: features.data });
  const longest = Math.max(largestLength(query.data, width), largestLength(key.data, width)) /
    width ** 0.25;
  const bound = boundOfFeatures(backend, {
    exponent: largestLength(features.data, width) * longest + longest ** 2 / 2,
    terms: width,
    features: features.dims[0],
    keys: tokens,
    value: largestMagnitude(value.data),
  });
  return verdict(golden, data, bound);
}

async function verifyLinformer(golden: Golden, backend: Backend) {
  const { input, shape, tokens, width } = read(golden, backend);
  const { key, value, key_projection, value_projection } = golden.tensors;
  const { mask } = golden.integers;
  const projections = { key: key_projection.data, value: value_projection.data };
  const data = await linformerAttention(input, { ...shape, projections });
  const storage = storageError(backend);
  // A mixed key or value is a sum over tokens, off by `(tokens + 2)·a` of its terms' sizes, and
  // rounded; what does not store float32 rounds both factors of each term before.
  const error = (tokens + 2) * ACCUMULATION[backend.name] + (storage > UNIT ? 2 * storage : 0);
  const keyLength = largestLength(mix(key_projection, key, mask), width);
  const keySizes = largestLength(mix(key_projection, key, mask, Math.abs), width);
  const valueSizes = largestMagnitude(mix(value_projection, value, mask, Math.abs));
  const attended = boundOf(golden.tensors, backend, shape.heads, key_projection.dims[0], {
    key: keyLength,
    value: largestMagnitude(mix(value_projection, value, mask)),
    roundings: 1 + error / storage * keySizes / keyLength,
  });
  return verdict(golden, data, attended + error * valueSizes);
}

async function verifyReformer(golden: Golden, backend: Backend) {
  const { input, shape, tokens } = read(golden, backend);
  const { projection } = golden.tensors;
  const data = await reformerAttention(input, { ...shape, projection: projection.data });
  // Keys have length 1: a query times the inverse of its length, which float32 rounds once.
  const known = { key: 1, roundings: ACCUMULATION[backend.name] / UNIT };
  // A query sees two chunks at most.
  const keys = Math.min(tokens, 2 * REFORMER_CHUNK);
  return verdict(golden, data, boundOf(golden.tensors, backend, shape.heads, keys, known));
}

/** `matrix·x` over each sequence's visible tokens, of the numbers or of what `term` makes of them. */
function mix(
  matrix: Values,
  x: Values,
  mask: Int32Array,
  term = (value: number) => value,
): Float32Array {
  const [batch, tokens, columns] = x.dims;
  const [rows] = matrix.dims;
  return Float32Array.from({ length: batch * rows * columns }, (_, i) => {
    const [c, r, b] = [i % columns, Math.floor(i / columns) % rows, Math.floor(i / columns / rows)];
    let sum = 0;
    for (let t = 0; t < tokens; t++) {
      if (mask[b * tokens + t] === 0) continue;
      sum += term(matrix.data[r * tokens + t] * x.data[(b * tokens + t) * columns + c]);
    }
    return sum;
  });
}

function read({ parameters, tensors, integers }: Golden, backend: Backend) {
  const [batch, tokens, rowWidth] = tensors.query.dims;
  const { heads } = parameters as { heads: number };
  const { query, key, value } = tensors;
  const input = { query: query.data, key: key.data, value: value.data, mask: integers.mask };
  return { input, shape: { batch, tokens, heads, backend }, tokens, width: rowWidth / heads };
}

/** Where features are functions of a row's own numbers. */
function rowBound({ tensors }: Golden, backend: Backend, width: number): number {
  const { query, key, value } = tensors;
  return boundOfFeatures(backend, {
    exponent: Math.max(largestMagnitude(query.data), largestMagnitude(key.data)),
    terms: 1,
    features: width,
    keys: query.dims[1],
    value: largestMagnitude(value.data),
  });
}

function boundOfFeatures(backend: Backend, size: Omit<FeatureSize, "isRounded">): number {
  const storage = storageError(backend);
  const isRounded = storage > UNIT;
  return featureBound({ ...size, isRounded }, ACCUMULATION[backend.name], storage);
}

function verdict({ tensors, integers }: Golden, data: Float32Array, bound: number): Comparison[] {
  const { query, output } = tensors;
  return [compare({ dims: query.dims, data }, output, bound, visibleRows(integers.mask))];
}
