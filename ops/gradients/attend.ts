/**
 * The gradients of attention by all of its operands.
 *
 * @module
 */
import type { attend } from "../attend.ts";
import { attendGradient, isSame, isSamePair, pairsOf } from "../attend_gradient.ts";
import { attendKeyGradient } from "../attend_key_gradient.ts";
import { type AttendOptions, numberEntries } from "../attend_operands.ts";
import type { AttendPart, KeySource } from "../attend_plan.ts";
import { attendQueryGradient } from "../attend_query_gradient.ts";
import { type AttendWithSums, attendWithSums } from "../attend_with_sums.ts";
import { add } from "../add.ts";
import { headProducts } from "../head_products.ts";
import { multiply } from "../multiply.ts";
import type { Floats, Integers } from "../operation.ts";
import type { Gradient, GradientContext, GradientRule } from "./gradient_rule.ts";

type Part = AttendPart<Floats, Integers>;
type Source = KeySource<Floats, Integers>;

/** The logarithms of its sums are kept. */
export const attendRule: GradientRule<typeof attend> = {
  decompose: (run, ...args) => run(attendWithSums, ...args).output,
};

/** Scores are computed again; see {@linkcode attendGradients}. */
export const attendWithSumsRule: GradientRule<typeof attendWithSums> = {
  isCostly: true,
  keeps(_wants, { output, logSum }, query, parts, { queryMask }) {
    const sources = parts.flatMap(({ sources }) => sources);
    const operands = sources.flatMap((
      { keys, values, mask, query },
    ) => [keys, values, mask, query]);
    return [output, logSum, query, queryMask, ...operands];
  },
  gradient: (context, query, parts, options) => attendGradients(context, query, parts, options),
};

/**
 * The gradients of attention: one sweep for all of them, or, where queries differ or some are not
 * wanted, one over queries for each tensor of queries and one over keys for each pair of keys and
 * values. Scores are computed again from the logarithms of their sums, so
 * that there is never a matrix of them.
 *
 * @param context The gradients by the output and the sums, and both.
 * @param query `[b, n, w]`.
 * @param parts Which rows saw which keys.
 * @param options Heads, scale and the mask of queries.
 * @returns A gradient for each tensor of queries, keys and values that is wanted.
 */
function attendGradients(
  context: GradientContext<AttendWithSums>,
  query: Floats,
  given: readonly Part[],
  options: AttendOptions<Integers>,
): Gradient[] {
  // Sweeps are over some of the sources; dropout counts the entries of all.
  const parts = given.map((part) => ({ ...part, sources: numberEntries(part.sources) }));
  const { queryMask: _, ...sizes } = options;
  const { run, wants, wantedRows, upstream, result: { logSum } } = context;
  const dy = upstream.output ?? context.floats(new Float32Array(query.size), query.dims);
  const statistics = { logSum, inner: innerOf(context, dy, sizes.heads) };
  const gradients: Gradient[] = [];
  const sources = parts.flatMap(({ sources }) => sources);

  const queryOf = (source: Source) => source.query ?? query;
  const pairs = pairsOf(sources);
  const isWhole = sources.every((source) => isSame(queryOf(source), query)) &&
    [query, ...pairs.flatMap(({ keys, values }) => [keys, values])]
      .every((tensor) => wantedRows(tensor) === Infinity);
  if (isWhole) {
    const made = run(attendGradient, dy, statistics, query, withoutQueries(parts), sizes);
    gradients.push([query, made.query]);
    pairs.forEach(({ keys, values }, pair) => {
      gradients.push([keys, made[`keys${pair}`]], [values, made[`values${pair}`]]);
    });
    return gradients;
  }

  for (const own of distinct(sources.map(queryOf))) {
    if (!wants(own)) continue;
    const wanted = wantedRows(own);
    const seeing = withoutQueries(
      ofSources(parts, (source, { first }) => first < wanted && isSame(queryOf(source), own)),
    );
    gradients.push([own, run(attendQueryGradient, dy, statistics, own, seeing, sizes)]);
  }

  for (const pair of pairs) {
    const { keys, values } = pair;
    const wanted = Math.max(wantedRows(keys), wantedRows(values));
    const seen = ofSources(parts, (source) => source.first < wanted && isSamePair(source, pair));
    if (seen.every(({ sources }) => sources.length === 0)) continue;
    const made = run(attendKeyGradient, dy, statistics, query, seen, sizes);
    if (wants(keys)) gradients.push([keys, made.keys]);
    if (wants(values)) gradients.push([values, made.values]);
  }
  return gradients;
}

/**
 * The means of the gradients by weights, less the gradients by the logarithms: a logarithm's gradient by
 * a score is the weight.
 */
function innerOf(
  { run, floats, upstream, result }: GradientContext<AttendWithSums>,
  dy: Floats,
  heads: number,
): Floats {
  const inner = run(headProducts, dy, result.output, heads);
  if (!upstream.logSum) return inner;
  const signs = floats(new Float32Array(inner.size).fill(-1), inner.dims);
  return run(add, inner, run(multiply, upstream.logSum, signs));
}

/** The parts with some of their sources. */
function ofSources(
  parts: readonly Part[],
  isWanted: (source: Source, part: Part) => boolean,
): Part[] {
  return parts.map((part) => ({
    ...part,
    sources: part.sources.filter((source) => isWanted(source, part)),
  }));
}

function distinct(tensors: readonly Floats[]): Floats[] {
  return tensors.filter((tensor, i) => tensors.findIndex((other) => isSame(other, tensor)) === i);
}

/** The parts with sources of the queries that are given. */
function withoutQueries(parts: readonly Part[]): Part[] {
  return parts.map((part) => ({
    ...part,
    sources: part.sources.map((source) => ({ ...source, query: undefined })),
  }));
}
