import { assertEquals } from "@std/assert";
import { applyTemplate, countSpecialTokens, type TemplatePiece } from "../../tokenizer/template.ts";

const PIECES: TemplatePiece[] = [
  { special: [1, 2], typeId: 0 },
  { sequence: 0, typeId: 0 },
  { sequence: 1, typeId: 1 },
  { special: [3], typeId: 1 },
];
const TEXTS = [[7], [8]].map((ids) =>
  ids.map((id) => ({ token: `t${id}`, id, start: id, end: id + 1, word: id }))
);

Deno.test("countSpecialTokens() counts the tokens that a template adds", () => {
  assertEquals(countSpecialTokens(PIECES), 3);
  assertEquals(countSpecialTokens(PIECES.slice(1, 3)), 0);
});

Deno.test("applyTemplate() lays out ids, types and ranges", () => {
  assertEquals(applyTemplate(PIECES, TEXTS, true, 4), {
    sample: 4,
    ids: Int32Array.of(1, 2, 7, 8, 3),
    mask: Int32Array.of(1, 1, 1, 1, 1),
    typeIds: Int32Array.of(0, 0, 0, 1, 1),
    special: Int32Array.of(1, 1, 0, 0, 1),
    starts: Int32Array.of(0, 0, 7, 8, 0),
    ends: Int32Array.of(0, 0, 8, 9, 0),
    words: Int32Array.of(-1, -1, 7, 8, -1),
  });
});

Deno.test("applyTemplate() omits special tokens on request", () => {
  assertEquals([...applyTemplate(PIECES, TEXTS, false, 0).ids], [7, 8]);
});
