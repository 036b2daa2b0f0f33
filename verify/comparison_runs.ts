/**
 * Cases of the attention patterns that the paper compares with.
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
import { compareOutput, deriveBound, type Golden, type Run, visibleRows } from "./attention_run.ts";
import {
  ACCUMULATION,
  featureBound,
  type FeatureSize,
  largestLength,
  largestMagnitude,
  storageError,
  UNIT,
} from "./bounds.ts";
import type { Comparison, Values } from "./compare.ts";

/** Runs by name of the golden file. */
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
  return compareGolden(
    golden,
    backend,
    data,
    deriveBound(golden.tensors, backend, shape.heads, tokens),
  );
}

async function verifyLinear(golden: Golden, backend: Backend) {
  const { input, shape, width } = read(golden, backend);
  const data = await linearAttention(input, shape);
  return compareGolden(golden, backend, data, deriveRowBound(golden, backend, width));
}

async function verifyEfficient(golden: Golden, backend: Backend) {
  const { input, shape, width } = read(golden, backend);
  const data = await efficientAttention(input, shape);
  return compareGolden(golden, backend, data, deriveRowBound(golden, backend, width));
}

async function verifyPerformer(golden: Golden, backend: Backend) {
  const { input, shape, tokens, width } = read(golden, backend);
  const { query, key, value, features } = golden.tensors;
  const data = await performerAttention(input, { ...shape, features: features.data });
  const longest = Math.max(largestLength(query.data, width), largestLength(key.data, width)) /
    width ** 0.25;
  const bound = deriveFeatureBound(backend, {
    exponent: largestLength(features.data, width) * longest + longest ** 2 / 2,
    terms: width,
    features: features.dims[0],
    keys: tokens,
    value: largestMagnitude(value.data),
  });
  return compareGolden(golden, backend, data, bound);
}

async function verifyLinformer(golden: Golden, backend: Backend) {
  const { input, shape, tokens, width } = read(golden, backend);
  const { key, value, key_projection, value_projection } = golden.tensors;
  const { mask } = golden.integers;
  const projections = { key: key_projection.data, value: value_projection.data };
  const data = await linformerAttention(input, { ...shape, projections });
  const storage = storageError(backend);
  // A projected key or value is a sum over tokens, with an error of `(tokens + 2)·a` times the sum of
  // magnitudes, and is rounded; a backend that stores less than float32 also rounds both factors.
  const error = (tokens + 2) * ACCUMULATION[backend.name] + (storage > UNIT ? 2 * storage : 0);
  const keyLength = largestLength(projectTokens(key_projection, key, mask), width);
  const keySizes = largestLength(projectTokens(key_projection, key, mask, Math.abs), width);
  const valueSizes = largestMagnitude(projectTokens(value_projection, value, mask, Math.abs));
  const attended = deriveBound(golden.tensors, backend, shape.heads, key_projection.dims[0], {
    key: keyLength,
    value: largestMagnitude(projectTokens(value_projection, value, mask)),
    roundings: 1 + error / storage * keySizes / keyLength,
  });
  return compareGolden(golden, backend, data, attended + error * valueSizes);
}

async function verifyReformer(golden: Golden, backend: Backend) {
  const { input, shape, tokens } = read(golden, backend);
  const { projection } = golden.tensors;
  const data = await reformerAttention(input, { ...shape, projection: projection.data });
  // Keys have norm 1: a query divided by its norm, which float32 rounds once.
  const known = { key: 1, roundings: ACCUMULATION[backend.name] / UNIT };
  // A query sees at most two chunks.
  const keys = Math.min(tokens, 2 * REFORMER_CHUNK);
  return compareGolden(
    golden,
    backend,
    data,
    deriveBound(golden.tensors, backend, shape.heads, keys, known),
  );
}

/** Computes `matrix·x` over the visible tokens of each sequence, applying `term` to each product. */
function projectTokens(
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

/** Derives the bound for features that are functions of a row's own values. */
function deriveRowBound({ tensors }: Golden, backend: Backend, width: number): number {
  const { query, key, value } = tensors;
  return deriveFeatureBound(backend, {
    exponent: Math.max(largestMagnitude(query.data), largestMagnitude(key.data)),
    terms: 1,
    features: width,
    keys: query.dims[1],
    value: largestMagnitude(value.data),
  });
}

function deriveFeatureBound(backend: Backend, size: Omit<FeatureSize, "isRounded">): number {
  const storage = storageError(backend);
  const isRounded = storage > UNIT;
  return featureBound({ ...size, isRounded }, ACCUMULATION[backend.name], storage);
}

function compareGolden(
  { tensors, integers }: Golden,
  backend: Backend,
  data: Float32Array,
  bound: number,
): Comparison[] {
  const { query, output } = tensors;
  const actual = { dims: query.dims, data };
  return [compareOutput(actual, output, bound, backend, visibleRows(integers.mask))];
}
