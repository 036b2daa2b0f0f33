/**
 * What a run of passkey retrieval measures.
 *
 * @module
 */
import { parseNumber, UsageError } from "../../cli/arguments.ts";
import { requireCount } from "../../cli/choice.ts";
import { FULL, linear, selfExtend, type Variant } from "./variants.ts";

/** Points in the chart of bits, at least, of a text of so many tokens. */
const BIT_RANGES = 32;

/** Choices on the command line. */
export interface Choices {
  /** Whether a few seconds must do. */
  readonly quick: boolean;
  /** Lengths, separated by commas. */
  readonly lengths?: string;
  /** Number of depths. */
  readonly depths?: number;
  /** Prompts of each depth. */
  readonly samples?: number;
  /** Groups, separated by commas. */
  readonly group_size?: string;
  /** Windows, separated by commas. */
  readonly window_size?: string;
  /** Windows of book text. */
  readonly books?: number;
}

/** What is measured. */
export interface Plan {
  /** Most tokens of a prompt and its answer. */
  readonly lengths: readonly number[];
  /** Number of depths. */
  readonly depths: number;
  /** Prompts of each depth. */
  readonly samples: number;
  /** Columns of the table. */
  readonly variants: readonly Variant[];
  /** The variant of the claim. */
  readonly claimed: Variant;
  /** Windows of book text; 0: no bits. */
  readonly books: number;
  /** Tokens of such a window. */
  readonly bookTokens: number;
  /** Positions of a range of bits: a divisor of the trained length, so none lies across it. */
  readonly bitStep: number;
  /** Attentions whose bits are measured. */
  readonly bitVariants: readonly Variant[];
}

/**
 * Makes a plan.
 *
 * @param choices Choices on the command line; absent ones depend on the model.
 * @param trained Tokens that the model was trained on.
 * @param raw The model's config.
 * @returns The plan.
 * @throws {UsageError} If a value is not a list of whole numbers ≥ 1.
 */
export function makePlan(
  choices: Choices,
  trained: number,
  raw: Readonly<Record<string, unknown>>,
): Plan {
  const { quick } = choices;
  const quarter = Math.max(1, Math.floor(trained / 4));
  const multiples = quick ? [1, 2, 4] : [1, 1.5, 2, 4, 8];
  const lengths = countsOf("--lengths", choices.lengths) ??
    multiples.map((times) => Math.round(times * trained));
  const windows = countsOf("--window-size", choices.window_size);
  const groups = countsOf("--group-size", choices.group_size);
  const wanted = windows ?? (quick || groups ? [quarter] : [quarter / 2, quarter, 2 * quarter]);
  const extended = wanted.flatMap((window) =>
    (groups ?? [undefined]).map((group) => selfExtend(trained, Math.round(window), group))
  );
  const longest = Math.max(...lengths);
  const stretched = linear(trained, raw);
  const groupsFor = [2 * trained, 4 * trained, longest].filter((tokens) => tokens <= longest)
    .map((tokens) => selfExtend(trained, quarter).at(tokens).self_extend!.group_size);
  return {
    lengths,
    depths: requireCount("--depths", choices.depths ?? (quick ? 5 : 10), 1),
    samples: requireCount("--samples", choices.samples ?? 4, 1),
    variants: quick || longest <= trained ? [FULL, ...extended] : [FULL, stretched, ...extended],
    claimed: extended[0],
    books: requireCount("--books", choices.books ?? 0, 0),
    bookTokens: longest,
    bitStep: largestDivisor(trained, Math.ceil(longest / BIT_RANGES)),
    bitVariants: [
      FULL,
      { name: stretched.name, at: () => stretched.at(longest) },
      ...[...new Set(groupsFor)].map((group) => selfExtend(trained, quarter, group)),
    ],
  };
}

/** The largest divisor of a number that is not above another one. */
function largestDivisor(number: number, most: number): number {
  let divisor = most;
  while (divisor > 1 && number % divisor !== 0) divisor--;
  return divisor;
}

function countsOf(flag: string, text: string | undefined): number[] | undefined {
  if (text === undefined) return undefined;
  const counts = text.split(",").map((part) => requireCount(flag, parseNumber(flag, part), 1));
  if (new Set(counts).size === counts.length) return counts;
  throw new UsageError(`Cannot use ${flag} ${text}: wanted each number once`);
}
