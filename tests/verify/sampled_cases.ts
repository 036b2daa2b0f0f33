import type { VerifyCase } from "../../verify/case.ts";

/** Kinds of cases of whole models, of which there are hundreds. */
const WHOLE_MODELS = ["models", "heads", "decoders", "seq2seq", "generation"];

/**
 * Every case of patterns and conversions, and of each model's folder the first case and one of so
 * many others: for backends whose whole models are slow, or run in full elsewhere. Generations,
 * which take seconds each on an emulated GPU, are one folder, of which a third as many are kept.
 *
 * @param cases All cases.
 * @param every Of so many cases of a folder one is kept.
 * @returns The kept cases, in their order.
 */
export function sampledCases(cases: readonly VerifyCase[], every: number): VerifyCase[] {
  if (every === 1) return [...cases];
  const seen = new Map<string, number>();
  return cases.filter(({ name }) => {
    const [kind, folder] = name.split("/");
    if (!WHOLE_MODELS.includes(kind)) return true;
    const [group, step] = kind === "generation" ? [kind, 3 * every] : [`${kind}/${folder}`, every];
    const count = seen.get(group) ?? 0;
    seen.set(group, count + 1);
    return count % step === 0;
  });
}
