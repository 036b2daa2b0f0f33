import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  type AggregationStrategy,
  groupEntities,
  type LabelledToken,
  labelTokens,
} from "../../pipelines/entities.ts";

const LABELS = ["O", "B-PER", "I-PER", "LOC"];

function token(isSubword: boolean, ...probabilities: number[]): LabelledToken {
  return {
    index: 1,
    token: "t",
    isSubword,
    start: 0,
    end: 1,
    probabilities: new Float64Array(probabilities),
  };
}

/** A word of three tokens, and one of one. */
const TOKENS = [
  token(false, 0.5, 0.25, 0.25, 0),
  token(true, 0.4, 0.45, 0.15, 0),
  token(true, 0, 0.2, 0.8, 0),
  token(false, 0, 0, 0, 1),
];

Deno.test("labelTokens() labels each token, or each word by its strategy", () => {
  const found = (strategy: AggregationStrategy) =>
    labelTokens(TOKENS, strategy).map(({ label, score, tokens }) => [label, score, tokens.length]);
  const each = [[0, 0.5, 1], [1, 0.45, 1], [2, 0.8, 1], [3, 1, 1]];
  assertEquals(found("none"), each);
  assertEquals(found("simple"), each);
  assertEquals(found("first"), [[0, 0.5, 3], [3, 1, 1]]);
  assertEquals(found("max"), [[2, 0.8, 3], [3, 1, 1]]);
  const [[label, score, count]] = found("average");
  assertEquals([label, count], [2, 3]);
  assertAlmostEquals(score, 0.4, 4 * Number.EPSILON);
});

Deno.test("labelTokens() treats a subword at the start as a word", () => {
  assertEquals(labelTokens([TOKENS[1]], "first").length, 1);
  assertEquals(labelTokens([], "first"), []);
});

function groups(...labels: number[]): number[][] {
  return groupsOf(LABELS, labels);
}

function groupsOf(names: string[], labels: number[]): number[][] {
  const entities = labels.map((label, i) => ({ tokens: [TOKENS[i % 4]], label, score: i }));
  return groupEntities(entities, names).map(({ label, score, tokens }) => [
    label,
    score,
    tokens.length,
  ]);
}

Deno.test("groupEntities() begins at B- and continues with I- and labels of the same kind", () => {
  assertEquals(groups(1, 2, 2), [[1, 1, 3]]);
  assertEquals(groups(1, 1, 2), [[1, 0, 1], [1, 1.5, 2]]);
  assertEquals(groups(2, 2, 0), [[2, 0.5, 2], [0, 2, 1]]);
  assertEquals(groups(3, 3, 2, 0, 0), [[3, 0.5, 2], [2, 2, 1], [0, 3.5, 2]]);
  assertEquals(groups(), []);
});

Deno.test("groupEntities() keeps entities of a type O apart from tokens outside of entities", () => {
  const names = ["O", "B-O", "I-O"];
  assertEquals(groupsOf(names, [1, 2, 0, 0, 1]), [[1, 0.5, 2], [0, 2.5, 2], [1, 4, 1]]);
  assertEquals(groupsOf(names, [0, 2, 2, 0]), [[0, 0, 1], [2, 1.5, 2], [0, 3, 1]]);
});
