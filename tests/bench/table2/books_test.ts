import { assertEquals, assertStringIncludes } from "@std/assert";
import { bookRows, describeBooks, drawBooks } from "../../../bench/table2/books.ts";
import { PASSAGES, run } from "./runs.ts";

const ROWS = bookRows(PASSAGES, [
  run("full_512", 0, [0, 0, 0, 1]),
  run("lsg_norm", 0, [0, 0, 0, 0]),
  run("bigbird", 0, [0, 0, 1, 0]),
]);

Deno.test("each test book has a share of right answers", () => {
  const [bayes, ...readers] = ROWS;
  assertEquals(bayes.name, "naive Bayes");
  assertEquals(readers.map(({ name, shares }) => [name, shares.map(({ mean }) => mean)]), [
    ["512 tokens, sum", [1, 0.5]],
    ["4,096 tokens", [1, 0.25]],
  ]);
  assertEquals(readers[1].shares[1].error, 0.25); // 0 and ½
});

Deno.test("describeBooks() has the standard error over books", () => {
  const line = describeBooks(ROWS);
  assertStringIncludes(line, "the 2 test books");
  assertStringIncludes(line, "512 tokens, sum 75.0±25.0; 4,096 tokens 62.5±37.5.");
});

Deno.test("drawBooks() draws each book with each way to answer", () => {
  const svg = drawBooks(PASSAGES, ROWS);
  assertEquals(svg.match(/<circle/g)?.length, 2 * ROWS.length);
});
