import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { BASE, READERS } from "../../../bench/table2/readers.ts";
import { drawRows, formatRows, readerRows } from "../../../bench/table2/report.ts";
import { PASSAGES, run } from "./runs.ts";

const ROWS = readerRows([BASE, ...READERS], [
  run("full_512", 0, [0, 0, 1, 1]),
  run("lsg_norm", 0, [0, 0, 1, 1]),
  run("lsg_norm", 1, [0, 0, 1, 0]),
]);

Deno.test("formatRows() has the mean and the standard error over seeds", () => {
  const lines = formatRows(ROWS, PASSAGES);
  const cells = lines.slice(2).map((line) => line.split("|").slice(1, -1).map((c) => c.trim()));
  const all = ["100.0", "100.0", "100.0", "100.0", "1"];
  assertEquals(cells, [
    ["full, 512 tokens: first of 8", ...all, "1.00", "1,000"],
    ["full, 512 tokens: vote of 8", ...all, "", ""],
    ["full, 512 tokens: sum of 8", ...all, "", ""],
    // Macro F1 of the second seed: (4/5 + 2/3) / 2.
    [
      "LSG norm 128/4",
      "100.0±0.0",
      "100.0±0.0",
      "87.5±12.5",
      "86.7±13.3",
      "2",
      "1.00",
      "1,001",
    ],
  ]);
});

Deno.test("the widest row is not wider than a page", () => {
  const seeds = [0, 1, 2];
  const runs = [BASE, ...READERS].flatMap(({ name }) =>
    seeds.map((seed) => run(name, seed, [1, 1, 0, seed % 2]))
  );
  const lines = formatRows(readerRows([BASE, ...READERS], runs), PASSAGES);
  assertEquals(lines.length, 2 + READERS.length + 1 + 4);
  lines.forEach((line) => assert(line.length <= 100, line));
});

Deno.test("drawRows() draws each row with both parts", () => {
  const svg = drawRows("Title", ROWS, PASSAGES);
  for (const { title } of ROWS) assertStringIncludes(svg, title);
  assertEquals(svg.match(/<circle/g)?.length, 2 * ROWS.length);
});
