/**
 * Cases of single attention patterns.
 *
 * @module
 */
import type { Backend } from "../ops/backend.ts";
import type { CheckpointSource } from "../checkpoint/mod.ts";
import {
  fullAttention,
  longformerAttention,
  lsgAttention,
  type LsgAttentionShape,
  lsgLayer,
  type LsgLayerShape,
  selfExtendAdditive,
  selfExtendRotary,
} from "../functional/mod.ts";
import { compareOutput, deriveBound, type Golden, type Run, visibleRows } from "./attention_run.ts";
import { type AttentionSize, largestLength, largestMagnitude } from "./bounds.ts";
import type { VerifyCase } from "./case.ts";
import { nameFault, type Values } from "./compare.ts";
import { comparisonRuns } from "./comparison_runs.ts";
import { type GoldenCase, GoldenFile } from "./golden_file.ts";

const runs: Readonly<Record<string, Run>> = {
  full: verifyFull,
  lsg_none: verifyLsg,
  lsg_norm: verifyLsg,
  lsg_pooling: verifyLsg,
  lsg_bos_pooling: verifyLsg,
  lsg_lsh: verifyLsg,
  lsg_stride: verifyLsg,
  lsg_block_stride: verifyLsg,
  lsg_causal: verifyLsg,
  lsg_layer: verifyLayer,
  longformer: verifyLongformer,
  self_extend_rope: verifyRotary,
  self_extend_additive: verifyAdditive,
  ...comparisonRuns,
};

/**
 * Reads the cases of all attention patterns.
 *
 * @param source Folder of the golden files.
 * @returns Cases, pattern by pattern.
 */
export async function attentionCases(source: CheckpointSource): Promise<VerifyCase[]> {
  const cases: VerifyCase[] = [];
  for (const [pattern, run] of Object.entries(runs)) {
    const file = await GoldenFile.open(source, `${pattern}.safetensors`);
    for (const golden of file.cases) {
      cases.push({
        name: `${pattern}/${golden.name}`,
        source: golden.source,
        run: async (backend) => await run(await readGolden(file, golden), backend),
      });
    }
  }
  return cases;
}

async function readGolden(file: GoldenFile, golden: GoldenCase): Promise<Golden> {
  const tensors: Record<string, Values> = {};
  const integers: Record<string, Int32Array> = {};
  for (const name of file.tensors(golden)) {
    if (name.endsWith("mask") || name === "random_blocks") {
      integers[name] = (await file.integers(golden, name))!;
    } else tensors[name] = await file.floats(golden, name);
  }
  return { parameters: golden.parameters, tensors, integers };
}

async function verifyFull({ parameters, tensors, integers }: Golden, backend: Backend) {
  const [batch, tokens] = tensors.query.dims;
  const shape = { batch, tokens, ...parameters as { heads: number }, backend };
  const { query, key, value, output } = tensors;
  const { mask } = integers;
  const input = { query: query.data, key: key.data, value: value.data, mask };
  const actual = { dims: query.dims, data: await fullAttention(input, shape) };
  const bound = deriveBound(tensors, backend, shape.heads, tokens);
  return [compareOutput(actual, output, bound, backend, visibleRows(mask))];
}

async function verifyLsg({ parameters, tensors, integers }: Golden, backend: Backend) {
  const [batch, tokens] = tensors.query.dims;
  const projections = sortNumbered(tensors, "projection_");
  const shape = {
    batch,
    tokens,
    backend,
    ...parameters as Pick<LsgAttentionShape, "heads">,
    projections: projections.length > 0 ? projections : undefined,
  };
  const actual = await lsgAttention({
    query: tensors.query.data,
    key: tensors.key.data,
    value: tensors.value.data,
    globalQuery: tensors.global_query.data,
    globalKey: tensors.global_key.data,
    globalValue: tensors.global_value.data,
    mask: integers.mask,
  }, shape);
  const keys = tokens + tensors.global_key.dims[1];
  const bound = deriveBound(tensors, backend, shape.heads, keys, countRoundings(parameters));
  const { global_output: globalOutput, output } = tensors;
  const globalValues = { dims: globalOutput.dims, data: actual.globalOutput };
  const tokenValues = { dims: output.dims, data: actual.output };
  return [
    nameFault("globals", compareOutput(globalValues, globalOutput, bound, backend)),
    nameFault(
      "tokens",
      compareOutput(tokenValues, output, bound, backend, visibleRows(integers.mask)),
    ),
  ];
}

async function verifyLayer({ parameters, tensors, integers }: Golden, backend: Backend) {
  const [batch, heads, tokens] = tensors.query.dims;
  const options = parameters as Partial<LsgLayerShape>;
  const shape = { batch, heads, tokens, backend, ...options };
  const input = {
    query: tensors.query.data,
    key: tensors.key.data,
    value: tensors.value.data,
    mask: integers.mask,
  };
  const actual = { dims: tensors.query.dims, data: await lsgLayer(input, shape) };
  const bound = deriveBound(tensors, backend, 1, tokens, countRoundings(parameters));
  const isVisible = (row: number) =>
    integers.mask[Math.floor(row / (heads * tokens)) * tokens + row % tokens] === 1;
  return [compareOutput(actual, tensors.output, bound, backend, isVisible)];
}

async function verifyLongformer({ parameters, tensors, integers }: Golden, backend: Backend) {
  const [batch, tokens] = tensors.query.dims;
  const options = parameters as { heads: number; attention_window: number };
  const data = Object.fromEntries(Object.entries(tensors).map(([k, v]) => [k, v.data]));
  const actual = await longformerAttention({
    query: data.query,
    key: data.key,
    value: data.value,
    queryGlobal: data.query_global,
    keyGlobal: data.key_global,
    valueGlobal: data.value_global,
    mask: integers.mask,
    globalMask: integers.global_attention_mask,
  }, { batch, tokens, backend, ...options });
  const bound = deriveBound(tensors, backend, options.heads, tokens);
  return [
    compareOutput({ dims: tensors.query.dims, data: actual }, tensors.output, bound, backend),
  ];
}

async function verifyRotary({ parameters, tensors }: Golden, backend: Backend) {
  const [batch, tokens] = tensors.query.dims;
  const options = parameters as { heads: number; group: number; window: number };
  const { query, key, value, output } = tensors;
  const input = { query: query.data, key: key.data, value: value.data };
  const data = await selfExtendRotary(input, { batch, tokens, backend, ...options });
  // A rotated query or key is two products, each rounded: once in q and once in k.
  const bound = deriveBound(tensors, backend, options.heads, tokens, { roundings: 2 });
  return [compareOutput({ dims: query.dims, data }, output, bound, backend)];
}

async function verifyAdditive({ parameters, tensors }: Golden, backend: Backend) {
  const [batch, tokens, width] = tensors.query.dims;
  const { group, window } = parameters as { group: number; window: number };
  const { query, key, value, output, norm_weight, norm_bias } = tensors;
  const norm = norm_weight && { weight: norm_weight.data, bias: norm_bias.data };
  const input = { query: query.data, key: key.data, value: value.data };
  const shape = { batch, tokens, heads: 1, backend, norm, group, window };
  const data = await selfExtendAdditive(input, shape);
  // A position vector's length is √(width/2); a norm gives at most √width·|weight| + |bias|.
  const positions = Math.sqrt(width / 2);
  const normed = norm &&
    Math.sqrt(width) * (largestMagnitude(norm.weight) + largestMagnitude(norm.bias));
  const bound = deriveBound(tensors, backend, 1, tokens, {
    scale: 1,
    query: positions + (normed ?? largestLength(query.data, width)),
    key: positions + (normed ?? largestLength(key.data, width)),
    // In q and in k: the norm, the position vector and their sum.
    roundings: 6,
  });
  return [compareOutput({ dims: query.dims, data }, output, bound, backend)];
}

/** Counts the roundings of sparse entries: a mean is rounded once, a selected token never. */
function countRoundings(parameters: Golden["parameters"]): Pick<AttentionSize, "roundings"> {
  const isMean = ["pooling", "bos_pooling", "lsh"].includes(String(parameters.sparsity_type));
  return { roundings: isMean ? 1 : 0 };
}

function sortNumbered(tensors: Readonly<Record<string, Values>>, prefix: string): Float32Array[] {
  return Object.keys(tensors)
    .filter((name) => name.startsWith(prefix))
    .sort((a, b) => Number(a.slice(prefix.length)) - Number(b.slice(prefix.length)))
    .map((name) => tensors[name].data);
}
