import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  bitsSeries,
  curveSeries,
  lengthData,
  table1Rows,
  table4Rows,
} from "../../../web/build/chart_data.ts";

function score(bits: number, accuracy: number, seconds: number) {
  return { bits, accuracy, seconds, borders: [] };
}

Deno.test("a row of Table 1 has means and errors of both lengths, and of their change", () => {
  const measured = [
    { pattern: "full", length: 512, scores: [score(4, 0.2, 1), score(6, 0.4, 2)], megabytes: 1 },
    { pattern: "full", length: 4096, scores: [score(5, 0.1, 3), score(7, 0.2, 4)], megabytes: 9 },
  ];
  const [row] = table1Rows(measured);
  assertEquals(row.bits, [{ mean: 5, error: 1 }, { mean: 6, error: 1 }]);
  assertEquals(row.change, { mean: 1, error: 0 });
  assertAlmostEquals(row.correct[1], 0.15, 1e-12);
  assertEquals([row.seconds, row.megabytes], [3.5, 9]);
  assertThrows(() => table1Rows(measured.slice(1)), RangeError, "no figures at 512");
  assertEquals(bitsSeries(measured), [{ name: "full", points: [[512, 5], [4096, 6]] }]);
});

Deno.test("costs of 0 are left out of logarithmic axes", () => {
  const pass = { pattern: "full", machine: "here" };
  const { machine, seconds, megabytes } = lengthData([
    { ...pass, tokens: 512, seconds: 1, megabytes: 0 },
    { ...pass, tokens: 1024, seconds: 3, megabytes: 2 },
  ]);
  assertEquals(machine, "here");
  assertEquals(seconds, [{ name: "full", points: [[512, 1], [1024, 3]] }]);
  assertEquals(megabytes, [{ name: "full", points: [[1024, 2]] }]);
});

Deno.test("a row of Table 4 has the three scores of its documents", () => {
  const rouge = (value: number) => ({ rouge1: value, rouge2: value / 2, rougeL: value / 4 });
  const [row] = table4Rows([{
    pattern: "full",
    globals: 0,
    tokens: 512,
    sentences: [rouge(0.4), rouge(0.8)],
    free: [],
    seconds: [1],
    megabytes: 1,
  }]);
  assertEquals(row.documents, 2);
  assertAlmostEquals(row.rouge[1].mean, 0.3, 1e-12);
  assertAlmostEquals(row.rouge[2].error, 0.05, 1e-12);
});

Deno.test("the training curve counts millions of tokens", () => {
  const csv = "step,tokens,train_bits,valid_bits\n1,2000000,9,8.5\n2,4000000,7,7.25\n";
  assertEquals(curveSeries(csv).map(({ points }) => points), [[[2, 9], [4, 7]], [[2, 8.5], [
    4,
    7.25,
  ]]]);
  assertThrows(() => curveSeries("step\n1"), SyntaxError, "no column tokens");
});
