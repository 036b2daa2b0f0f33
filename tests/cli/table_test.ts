import { assertEquals } from "@std/assert";
import { printable, shortened, table } from "../../cli/table.ts";

Deno.test("table() aligns columns, at the right where asked to, and trims lines", () => {
  assertEquals(table([["a", "bcd", "e"], ["fgh", "1", ""]], [1]), "a    bcd  e\nfgh    1\n");
});

Deno.test("table() takes as many rows as a long document has parts", () => {
  const rows = Array.from({ length: 200_000 }, (_, i) => [String(i)]);
  assertEquals(table(rows).length, rows.reduce((sum, [cell]) => sum + cell.length + 1, 0));
});

Deno.test("printable() lets no control character through", () => {
  assertEquals(
    printable("a\x1b[2Jb\n\u202e\u2028\u0085"),
    "a\\u{1b}[2Jb\\u{a}\\u{202e}\\u{2028}\\u{85}",
  );
  assertEquals(printable("naïve 你好 😀"), "naïve 你好 😀");
});

Deno.test("shortened() keeps the start of a text, and shows spaces that are all there is", () => {
  assertEquals(shortened("  a word\n"), "a word");
  assertEquals(shortened("中".repeat(24)), "中".repeat(24));
  assertEquals(shortened("a".repeat(25)), `${"a".repeat(23)}…`);
  assertEquals(shortened("a".repeat(5), 4), "aaa…");
  assertEquals(shortened(" \t"), '" \\t"');
  assertEquals(shortened(""), '""');
  assertEquals(shortened("a\x1b[2J"), "a\\u{1b}[2J");
});
