import { assertEquals } from "@std/assert";
import { escapeControls, escapeText, formatTable, shorten } from "../../cli/table.ts";

Deno.test("formatTable() aligns columns to the left or right, and trims lines", () => {
  assertEquals(formatTable([["a", "bcd", "e"], ["fgh", "1", ""]], [1]), "a    bcd  e\nfgh    1\n");
});

Deno.test("formatTable() accepts 200,000 rows", () => {
  const rows = Array.from({ length: 200_000 }, (_, i) => [String(i)]);
  assertEquals(formatTable(rows).length, rows.reduce((sum, [cell]) => sum + cell.length + 1, 0));
});

Deno.test("escapeControls() escapes every control character", () => {
  assertEquals(
    escapeControls("a\x1b[2Jb\n\u202e\u2028\u0085"),
    "a\\u{1b}[2Jb\\u{a}\\u{202e}\\u{2028}\\u{85}",
  );
  assertEquals(escapeControls("naïve 你好 😀"), "naïve 你好 😀");
});

Deno.test("escapeText() keeps what texts need: lines, joiners, marks of direction", () => {
  assertEquals(
    escapeText("a\x1b[2J\tb\n\u202e\u2028\u0085"),
    "a\\u{1b}[2J\tb\n\\u{202e}\\u{2028}\\u{85}",
  );
  const kept = "co\u00adop 👨\u200d👩 می\u200cخواهم \u200fא\u200e";
  assertEquals(escapeText(kept), kept);
});

Deno.test("shorten() keeps the start of a text, and quotes a text of spaces only", () => {
  assertEquals(shorten("  a word\n"), "a word");
  assertEquals(shorten("中".repeat(24)), "中".repeat(24));
  assertEquals(shorten("a".repeat(25)), `${"a".repeat(23)}…`);
  assertEquals(shorten("a".repeat(5), 4), "aaa…");
  assertEquals(shorten(" \t"), '" \\t"');
  assertEquals(shorten(""), '""');
  assertEquals(shorten("a\x1b[2J"), "a\\u{1b}[2J");
});
