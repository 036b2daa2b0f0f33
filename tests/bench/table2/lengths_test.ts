import { assertEquals, assertStringIncludes } from "@std/assert";
import { LENGTHS } from "../../../bench/table2/evaluate.ts";
import { drawLengths, formatLengths, lengthRows } from "../../../bench/table2/lengths.ts";
import { READERS } from "../../../bench/table2/readers.ts";
import { PASSAGES, run } from "./runs.ts";

/** Right from 1,024 tokens on. */
const asked = (late: number[]) =>
  Object.fromEntries(
    LENGTHS.map((tokens) => [tokens, { valid: [], test: tokens < 1024 ? [1, 1, 0, 0] : late }]),
  );

const ROWS = lengthRows(PASSAGES, READERS, [
  run("bigbird", 0, [0, 0, 1, 1]),
  { ...run("full_512", 0, [0, 0, 1, 1]), lengths: asked([0, 0, 1, 1]) },
  { ...run("lsg_norm", 0, [0, 0, 1, 1]), lengths: asked([0, 0, 1, 1]) },
  { ...run("lsg_norm", 1, [0, 0, 1, 0]), lengths: asked([0, 0, 1, 0]) },
]);

Deno.test("readers that were asked about starts have a row, with the mean over seeds", () => {
  assertEquals(ROWS.map(({ title, runs }) => [title, runs]), [
    ["naive Bayes", 1],
    ["full, 512 tokens", 1],
    ["LSG norm 128/4", 2],
  ]);
  const cells = formatLengths(ROWS).slice(2).map((line) =>
    line.split("|").slice(1, -1).map((cell) => cell.trim())
  );
  assertEquals(cells.slice(1), [
    ["full, 512 tokens", "0.0", "0.0", "0.0", "100.0", "100.0", "100.0"],
    [
      "LSG norm 128/4",
      "0.0±0.0",
      "0.0±0.0",
      "0.0±0.0",
      "87.5±12.5",
      "87.5±12.5",
      "87.5±12.5",
    ],
  ]);
});

Deno.test("drawLengths() draws a line for each", () => {
  const svg = drawLengths(ROWS);
  assertEquals(svg.match(/<polyline/g)?.length, 3);
  assertStringIncludes(svg, "LSG norm 128/4");
});
