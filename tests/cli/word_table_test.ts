import { assert, assertEquals } from "@std/assert";
import { wordTable } from "../../cli/word_table.ts";

const word = (token_str: string, score: number) => ({ token: 0, token_str, score, sequence: "" });

Deno.test("wordTable() numbers masks and draws probabilities", () => {
  assertEquals(
    wordTable([[word(" river", 0.5), word("s", 0.001)], [word(" house", 1)]]),
    [
      "mask  word   probability",
      `   1  river      50.00 %  ${"█".repeat(15)}`,
      "      s           0.10 %",
      `   2  house     100.00 %  ${"█".repeat(30)}`,
      "",
    ].join("\n"),
  );
});

Deno.test("wordTable() shows words that are nothing but spaces or control characters", () => {
  const [, space, escape] = wordTable([[word("  ", 0), word("\x1b[2J", 0)]]).split("\n");
  assert(space.includes('"  "'));
  assert(escape.includes("\\u{1b}[2J"));
});

Deno.test("wordTable() keeps to 100 columns, also where characters are two wide", () => {
  const long = [word("中".repeat(90), 1), word("a".repeat(200), 0.9)];
  const lines = wordTable(Array.from({ length: 1000 }, () => long)).trimEnd().split("\n");
  for (const line of lines) {
    const wide = [...line].filter((character) => character === "中").length;
    assert([...line].length + wide <= 100, line);
  }
});
