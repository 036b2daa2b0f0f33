/**
 * Tokens grouped to entities, by the aggregation strategies of Python's pipeline.
 *
 * @module
 */
import { largest } from "./top_k.ts";

/** The label of tokens outside of all entities; `B-O` and `I-O` are entities of a type "O". */
export const OUTSIDE = "O";

/** A token with the probability of each label. */
export interface LabelledToken {
  /** Position in the row of ids. */
  readonly index: number;
  /** Spelling in the vocabulary; for an unknown token, in the text. */
  readonly token: string;
  /** Whether it continues the word of the previous token. */
  readonly isSubword: boolean;
  /** Start in the text, in UTF-16 code units. */
  readonly start: number;
  /** End in the text. */
  readonly end: number;
  /** Probability of each label, `[labels]`. */
  readonly probabilities: Float64Array;
}

/** Tokens that share a label. */
export interface Entity {
  /** The tokens, in order. */
  readonly tokens: readonly LabelledToken[];
  /** Id of the label. */
  readonly label: number;
  /** Probability of the label. */
  readonly score: number;
}

/** Labels tokens with the most probable label. */
function bestOf(tokens: readonly LabelledToken[], probabilities: Float64Array): Entity {
  const [label] = largest(probabilities, 1);
  return { tokens, label, score: probabilities[label] };
}

/** Probabilities of a word's labels, by strategy. */
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
 * Strategies of grouping tokens: `none` does not group; the others group neighbours with the same
 * label. `simple` groups tokens; `first`, `average` and `max` group words, labelled by their first
 * token, by the average of their tokens, or by their most confident token.
 */
export const AGGREGATION_STRATEGIES = ["none", "simple", "first", "average", "max"] as const;

/** Name of an aggregation strategy. */
export type AggregationStrategy = typeof AGGREGATION_STRATEGIES[number];

/**
 * Labels each token, or each word.
 *
 * @param tokens The tokens of a text, in order.
 * @param strategy How words are labelled.
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
 * Groups neighbours with the same kind of label. `B-` begins an entity; `I-`, or no prefix,
 * continues one.
 *
 * @param entities Labelled tokens or words, in order.
 * @param labels Names of the labels.
 * @returns The groups, each with the mean score and the first label of its entities.
 */
export function groupEntities(entities: readonly Entity[], labels: readonly string[]): Entity[] {
  const groups: Entity[][] = [];
  for (const entity of entities) {
    const group = groups.at(-1);
    const name = labels[entity.label];
    const continues = group && !name.startsWith("B-") &&
      kindOf(name) === kindOf(labels[group[group.length - 1].label]);
    if (continues) group.push(entity);
    else groups.push([entity]);
  }
  return groups.map((group) => ({
    tokens: group.flatMap(({ tokens }) => tokens),
    label: group[0].label,
    score: mean(group.map(({ score }) => score)),
  }));
}

/** Name of a label without its `B-` or `I-` prefix; undefined for `O`, which no prefix makes. */
function kindOf(label: string): string | undefined {
  return label === OUTSIDE ? undefined : label.replace(/^[BI]-/, "");
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
