import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Measured } from "../../../bench/table1/measure_pattern.ts";
import { drawBits, formatBorders, formatScores } from "../../../bench/table1/report.ts";

function measured(pattern: string, length: number, bits: number[]): Measured {
  const scores = bits.map((value) => ({
    bits: value,
    accuracy: 0.25,
    seconds: length / 1000,
    borders: [value, value + 1, value + 2],
  }));
  return { pattern, length, scores, megabytes: 1234.5 };
}

const ALL = [
  measured("LSG block_stride 8", 512, [5, 6]),
  measured("LSG block_stride 8", 4096, [5.5, 6.5]),
  measured("LSG norm 2, G 64", 512, [4, 4]),
  measured("LSG norm 2, G 64", 4096, [12, 14]),
];

Deno.test("formatScores() has a row per pattern with means, errors and changes", () => {
  const lines = formatScores(ALL);
  assertEquals(lines.length, 4);
  lines.forEach((line) => assert(line.length <= 100, line));
  const cells = lines.slice(2).map((line) => line.split("|").slice(1, -1).map((c) => c.trim()));
  assertEquals(cells[0].slice(1, 4), ["5.50±0.50", "6.00±0.50", "0.50±0.00"]);
  assertEquals(cells[0].slice(4), ["25 %", "25 %", "0.51", "4.10", "1,235"]);
  assertEquals(cells[1].slice(1, 4), ["4.00±0.00", "13.00±1.00", "9.00±1.00"]);
});

Deno.test("formatBorders() has a mean and an error for each class of distances", () => {
  const [, , line] = formatBorders([measured("LSG 256/0", 4096, [5, 6])]);
  assertEquals(line.split("|").slice(1, -1).map((cell) => cell.trim()), [
    "LSG 256/0",
    "5.50±0.50",
    "6.50±0.50",
    "7.50±0.50",
  ]);
});

Deno.test("drawBits() has a line per pattern", () => {
  const chart = drawBits(ALL);
  assertEquals(chart.match(/<polyline/g)?.length, 2);
  assertStringIncludes(chart, "LSG block_stride 8");
});

Deno.test("formatScores() has no error for a single passage", () => {
  const lines = formatScores([measured("full", 512, [5]), measured("full", 4096, [6])]);
  assertEquals(lines[2].split("|").slice(2, 5).map((c) => c.trim()), ["5.00", "6.00", "1.00"]);
});
