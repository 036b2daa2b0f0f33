import { assert, assertEquals } from "@std/assert";
import type { Measured } from "../../../bench/table4/measure_summaries.ts";
import { formatSummaries } from "../../../bench/table4/report.ts";

const score = (value: number) => ({ rouge1: value, rouge2: value / 2, rougeL: value / 4 });

function measured(pattern: string, globals: number, tokens: number): Measured {
  const sentences = [score(0.4), score(0.6)];
  return {
    pattern,
    globals,
    tokens,
    sentences,
    free: tokens > 4096 ? [] : sentences,
    seconds: [1, 3],
    megabytes: 1234.5,
  };
}

Deno.test("formatSummaries() has at each length the baselines, then the encoders", () => {
  const lines = formatSummaries(
    [
      measured("LED, window 512", 64, 512),
      measured("full, stretched", 0, 512),
      measured("LED, window 512", 1, 16384),
    ],
    [{ name: "longest three", tokens: 512, scores: [score(0.2)] }],
  );
  lines.forEach((line) => assert(line.length <= 100, line));
  const cells = lines.slice(2).map((line) => line.split("|").slice(1, -1).map((c) => c.trim()));
  const rouge = ["50.0±10.0", "25.0±5.0", "12.5±2.5"];
  assertEquals(cells, [
    ["512", "longest three", "", "20.0", "10.0", "5.0", "", "", ""],
    ["512", "LED, window 512", "64", ...rouge, "50.0±10.0", "2.0", "1,235"],
    ["512", "full, stretched", "", ...rouge, "50.0±10.0", "2.0", "1,235"],
    ["16,384", "LED, window 512", "1", ...rouge, "", "2.0", "1,235"],
  ]);
});
