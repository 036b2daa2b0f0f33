/**
 * What the embedded model must show.
 *
 * @module
 */
import { type Found, shareOf } from "./report.ts";

/** Least share of keys at twice the trained length. */
const AT_TWICE = 0.95;

/** Least advantage over full attention at four times the trained length. */
const AT_FOUR_TIMES = 0.6;

/**
 * Looks for what contradicts the claim: that a model finds keys in texts longer than those of its
 * training by Self-Extend alone, and not without.
 *
 * @param found Full attention and a variant with Self-Extend at 1, 2 and 4 times the trained length.
 * @param variant Name of that variant.
 * @param trained Tokens that the model was trained on.
 * @returns Sentences; none if all holds.
 */
export function contradictions(
  found: readonly Found[],
  variant: string,
  trained: number,
): string[] {
  const share = (name: string, times: number) => {
    const cell = found.find((each) => each.variant === name && each.tokens === times * trained);
    return cell ? shareOf(cell) : NaN;
  };
  const facts: [name: string, value: number, least: number][] = [
    [`full attention at ${trained} tokens`, share("full", 1), AT_TWICE],
    [`Self-Extend, ${variant}, at ${2 * trained} tokens`, share(variant, 2), AT_TWICE],
    [
      `Self-Extend, ${variant}, less full attention at ${4 * trained} tokens`,
      share(variant, 4) - share("full", 4),
      AT_FOUR_TIMES,
    ],
  ];
  return facts.filter(([, value, least]) => !(value >= least)).map(([name, value, least]) =>
    `${name}: ${value.toFixed(2)}, wanted at least ${least}`
  );
}

/**
 * Compares the answers of backends.
 *
 * @param runs Keys found, in the same order, by backend.
 * @returns Sentences about answers that differ from the first backend's; none if all are the same.
 */
export function differences(runs: Readonly<Record<string, readonly Found[]>>): string[] {
  const [[first, wanted], ...others] = Object.entries(runs);
  return others.flatMap(([device, found]) =>
    wanted.flatMap(({ variant, tokens, answers }, cell) =>
      answers.flatMap((answer, i) => {
        const other = found[cell].answers[i];
        return other === answer ? [] : [
          `${variant}, ${tokens} tokens, prompt ${i}: ${JSON.stringify(answer)} on ${first}, ` +
          `${JSON.stringify(other)} on ${device}`,
        ];
      })
    )
  );
}
