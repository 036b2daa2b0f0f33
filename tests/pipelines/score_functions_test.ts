import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { parseConfig } from "../../checkpoint/parse_config.ts";
import { SCORE_FUNCTIONS, scoreFunctionOf, sigmoid } from "../../pipelines/score_functions.ts";

Deno.test("sigmoid() gives 1 / (1 + exp(−x)), without overflow", () => {
  const values = sigmoid(new Float32Array([0, 2, -2, 3e38, -3e38]));
  // An exponential, an addition and a division, each with one rounding error at most.
  assertAlmostEquals(values[1], 1 / (1 + Math.exp(-2)), 4 * Number.EPSILON);
  assertAlmostEquals(values[1] + values[2], 1, 4 * Number.EPSILON);
  assertEquals([values[0], values[3], values[4]], [0.5, 1, 0]);
});

for (const name of Object.keys(SCORE_FUNCTIONS) as (keyof typeof SCORE_FUNCTIONS)[]) {
  Deno.test(`the function ${name} refuses scores that are missing or not finite`, () => {
    for (const scores of [[], [1, NaN], [-Infinity]]) {
      assertThrows(() => SCORE_FUNCTIONS[name](new Float32Array(scores)), RangeError, "finite");
    }
  });
}

Deno.test("scoreFunctionOf() depends on the config", () => {
  const of = (keys: Record<string, unknown>) =>
    scoreFunctionOf(parseConfig({ model_type: "bert", ...keys }));
  assertEquals(of({}), "softmax");
  assertEquals(of({ problem_type: "single_label_classification", num_labels: 3 }), "softmax");
  assertEquals(of({ problem_type: "multi_label_classification", num_labels: 3 }), "sigmoid");
  assertEquals(of({ num_labels: 1 }), "sigmoid");
  assertEquals(of({ num_labels: 1, problem_type: "regression" }), "none");
});
