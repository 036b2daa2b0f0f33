/**
 * The gradients of attention by all of its operands.
 *
 * @module
 */
import { attendKeyGradient } from "./attend_key_gradient.ts";
import { type AttendOptions, numberEntries } from "./attend_operands.ts";
import type { AttendPart, KeySource } from "./attend_plan.ts";
import { attendQueryGradient } from "./attend_query_gradient.ts";
import { attendStatistics } from "./attend_statistics.ts";
import type { Floats, Gradient, GradientContext, Integers } from "./operation.ts";

type Part = AttendPart<Floats, Integers>;
type Source = KeySource<Floats, Integers>;

/**
 * The gradients of attention: a sweep over queries for each tensor of queries, and a sweep over keys
 * for each pair of keys and values. Scores are computed again from the logarithms of their sums, so
 * that there is never a matrix of them.
 *
 * @param context The gradient by the output, and the output.
 * @param query `[b, n, w]`.
 * @param parts Which rows saw which keys.
 * @param options Heads, scale and the mask of queries.
 * @returns A gradient for each tensor of queries, keys and values that is wanted.
 */
export function attendGradients(
  { run, wants, upstream: dy, result }: GradientContext<Floats>,
  query: Floats,
  given: readonly Part[],
  options: AttendOptions<Integers>,
): Gradient[] {
  // Sweeps are over some of the sources; dropout counts the entries of all.
  const parts = given.map((part) => ({ ...part, sources: numberEntries(part.sources) }));
  const { queryMask: _, ...sizes } = options;
  const statistics = run(attendStatistics, dy, result, query, parts, options);
  const gradients: Gradient[] = [];
  const sources = parts.flatMap(({ sources }) => sources);

  const queryOf = (source: Source) => source.query ?? query;
  for (const own of distinct(sources.map(queryOf))) {
    if (!wants(own)) continue;
    const seeing = ofSources(parts, (source) => isSame(queryOf(source), own))
      .map((part) => ({
        ...part,
        sources: part.sources.map((source) => ({ ...source, query: undefined })),
      }));
    gradients.push([own, run(attendQueryGradient, dy, statistics, own, seeing, sizes)]);
  }

  for (const keys of distinct(sources.map(({ keys }) => keys))) {
    const ofKeys = sources.filter((source) => isSame(source.keys, keys));
    for (const values of distinct(ofKeys.map(({ values }) => values))) {
      if (!wants(keys) && !wants(values)) continue;
      const seen = ofSources(
        parts,
        (source) => isSame(source.keys, keys) && isSame(source.values, values),
      );
      const made = run(attendKeyGradient, dy, statistics, query, seen, sizes);
      if (wants(keys)) gradients.push([keys, made.keys]);
      if (wants(values)) gradients.push([values, made.values]);
    }
  }
  return gradients;
}

/** The parts with some of their sources. */
function ofSources(parts: readonly Part[], isWanted: (source: Source) => boolean): Part[] {
  return parts.map((part) => ({ ...part, sources: part.sources.filter(isWanted) }));
}

function distinct(tensors: readonly Floats[]): Floats[] {
  return tensors.filter((tensor, i) => tensors.findIndex((other) => isSame(other, tensor)) === i);
}

function isSame(a: Floats, b: Floats): boolean {
  return a.storage === b.storage && String(a.dims) === String(b.dims);
}
