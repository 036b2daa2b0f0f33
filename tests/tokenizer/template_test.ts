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

Deno.test("countSpecialTokens() counts what a template adds", () => {
  assertEquals(countSpecialTokens(PIECES), 3);
  assertEquals(countSpecialTokens(PIECES.slice(1, 3)), 0);
});

Deno.test("applyTemplate() tells what is known of each token", () => {
  assertEquals(applyTemplate(PIECES, TEXTS, true), {
    input_ids: [1, 2, 7, 8, 3],
    attention_mask: [1, 1, 1, 1, 1],
    token_type_ids: [0, 0, 0, 1, 1],
    special_tokens_mask: [1, 1, 0, 0, 1],
    offset_mapping: [[0, 0], [0, 0], [7, 8], [8, 9], [0, 0]],
    word_ids: [null, null, 7, 8, null],
  });
});

Deno.test("applyTemplate() leaves special tokens out if told", () => {
  assertEquals(applyTemplate(PIECES, TEXTS, false).input_ids, [7, 8]);
});
