import { assert, assertEquals } from "@std/assert";
import { formatWords } from "../../cli/word_table.ts";

const word = (token_str: string, score: number) => ({ token: 0, token_str, score, sequence: "" });

Deno.test("formatWords() numbers masks and draws probabilities as bars", () => {
  assertEquals(
    formatWords([[word(" river", 0.5), word("s", 0.001)], [word(" house", 1)]]),
    [
      "mask  word   probability",
      `   1  river      50.00 %  ${"█".repeat(15)}`,
      "      s           0.10 %",
      `   2  house     100.00 %  ${"█".repeat(30)}`,
      "",
    ].join("\n"),
  );
});

Deno.test("formatWords() shows words of only spaces or control characters", () => {
  const [, space, escape] = formatWords([[word("  ", 0), word("\x1b[2J", 0)]]).split("\n");
  assert(space.includes('"  "'));
  assert(escape.includes("\\u{1b}[2J"));
});

Deno.test("formatWords() keeps to 100 columns with double-width characters", () => {
  const long = [word("中".repeat(90), 1), word("a".repeat(200), 0.9)];
  const lines = formatWords(Array.from({ length: 1000 }, () => long)).trimEnd().split("\n");
  for (const line of lines) {
    const wide = [...line].filter((character) => character === "中").length;
    assert([...line].length + wide <= 100, line);
  }
});
