/**
 * Tokens that belong together, by the strategies of Python's pipeline.
 *
 * @module
 */
import { largest } from "./top_k.ts";

/** A token and how probable each label is for it. */
export interface LabelledToken {
  /** Its place in the row of ids. */
  readonly index: number;
  /** The token as the vocabulary spells it; an unknown one as the text does. */
  readonly token: string;
  /** Whether it goes on with the word of the token before. */
  readonly isSubword: boolean;
  /** Start in the text, in UTF-16 code units. */
  readonly start: number;
  /** End in the text. */
  readonly end: number;
  /** `[labels]`. */
  readonly probabilities: Float64Array;
}

/** Tokens with one label. */
export interface Entity {
  /** The tokens, in order. */
  readonly tokens: readonly LabelledToken[];
  /** The label's id. */
  readonly label: number;
  /** How probable it is. */
  readonly score: number;
}

/** The most probable label of some probabilities. */
function bestOf(tokens: readonly LabelledToken[], probabilities: Float64Array): Entity {
  const [label] = largest(probabilities, 1);
  return { tokens, label, score: probabilities[label] };
}

/** How a word's tokens agree on its label. */
const WORD_LABELS = {
  first: ([first]: readonly LabelledToken[]) => first.probabilities,
  max: (tokens: readonly LabelledToken[]) => {
    const bests = tokens.map(({ probabilities }) => Math.max(...probabilities));
    return tokens[largest(bests, 1)[0]].probabilities;
  },
  average: (tokens: readonly LabelledToken[]) =>
    tokens[0].probabilities.map((_, label) =>
      mean(tokens.map(({ probabilities }) => probabilities[label]))
    ),
};

/**
 * What becomes of tokens: `none` leaves them; the others group neighbours with the same label,
 * `simple` as they are, `first`, `average` and `max` after the tokens of each word have agreed on
 * the label of its first token, of the average, or of its surest token.
 */
export const AGGREGATION_STRATEGIES = ["none", "simple", "first", "average", "max"] as const;

/** One of them. */
export type AggregationStrategy = typeof AGGREGATION_STRATEGIES[number];

/**
 * The label of each token, or of each word.
 *
 * @param tokens The tokens of a text, in order.
 * @param strategy How the tokens of a word agree.
 * @returns An entity for each token, or for each word.
 */
export function labelTokens(
  tokens: readonly LabelledToken[],
  strategy: AggregationStrategy,
): Entity[] {
  if (strategy === "none" || strategy === "simple") {
    return tokens.map((token) => bestOf([token], token.probabilities));
  }
  const words: LabelledToken[][] = [];
  for (const token of tokens) {
    if (token.isSubword && words.length > 0) words[words.length - 1].push(token);
    else words.push([token]);
  }
  return words.map((word) => bestOf(word, WORD_LABELS[strategy](word)));
}

/**
 * Puts neighbours of one kind together. `B-` begins an entity, `I-` goes on with one; a label
 * without them goes on, too.
 *
 * @param entities Labelled tokens or words, in order.
 * @param labels The labels' names.
 * @returns The groups; a group's score is the mean of its entities', its label their first one's.
 *
 * @example
 * ```ts
 * import { groupEntities } from "@lsg/core/pipelines";
 * import { assertEquals } from "@std/assert";
 *
 * const entities = [1, 2, 2, 1, 0].map((label) => ({ tokens: [], label, score: 0.5 }));
 * const groups = groupEntities(entities, ["O", "B-PER", "I-PER"]);
 * assertEquals(groups.map(({ label }) => label), [1, 1, 0]);
 * ```
 */
export function groupEntities(entities: readonly Entity[], labels: readonly string[]): Entity[] {
  const groups: Entity[][] = [];
  for (const entity of entities) {
    const group = groups.at(-1);
    const name = labels[entity.label];
    const goesOn = group && !name.startsWith("B-") &&
      kindOf(name) === kindOf(labels[group[group.length - 1].label]);
    if (goesOn) group.push(entity);
    else groups.push([entity]);
  }
  return groups.map((group) => ({
    tokens: group.flatMap(({ tokens }) => tokens),
    label: group[0].label,
    score: mean(group.map(({ score }) => score)),
  }));
}

/** What tokens of one entity have in common. */
function kindOf(label: string): string {
  return label.replace(/^[BI]-/, "");
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
