import { assert, assertEquals, assertThrows } from "@std/assert";
import { documentWindows } from "../../pipelines/document_windows.ts";
import { AutoTokenizer } from "../../tokenizer/mod.ts";
import { taskModel } from "./task_goldens.ts";

const tokenizer = await AutoTokenizer.from_pretrained(taskModel("bert_answers"));
const QUESTION = "who left?";
/** [CLS] and [SEP] around the question's tokens, another [SEP] after the document. */
const AROUND = 3 + tokenizer.encode(QUESTION, { add_special_tokens: false }).length;
const CONTEXT = Array.from({ length: 50 }, (_, i) => "abcdefghij"[i % 10]).join(" ");

/** The text of each window's tokens of the document. */
function texts(length: number, overlap?: number): string[] {
  return documentWindows(tokenizer, QUESTION, CONTEXT, length, overlap).map((window) => {
    assert(window.ids.length <= length);
    const { document } = window.tokens;
    const [first, last] = [document[0], document[document.length - 1]];
    return CONTEXT.slice(window.starts[first], window.ends[last]);
  });
}

Deno.test("documentWindows() returns one window if everything fits", () => {
  assertEquals(texts(AROUND + 50), [CONTEXT]);
  assertEquals(texts(500), [CONTEXT]);
});

Deno.test("documentWindows() splits a document into overlapping windows", () => {
  const windows = texts(AROUND + 20, 5);
  assertEquals(windows.map((text) => text.split(" ").length), [20, 20, 20]);
  assertEquals(windows[1].split(" ").slice(0, 5), windows[0].split(" ").slice(-5));
  assert(CONTEXT.endsWith(windows[2]));
  assertEquals(texts(AROUND + 25, 0).length, 2);
});

Deno.test("documentWindows() overlaps by half a window if that is less than 128 tokens", () => {
  assertEquals(texts(AROUND + 2).length, 49);
  assertEquals(texts(AROUND + 1).length, 50);
});

Deno.test("documentWindows() finds the document's tokens and the token for no answer", () => {
  const [window] = documentWindows(tokenizer, QUESTION, "a b", 100);
  const { document, none } = window.tokens;
  assertEquals(none, [0]);
  assertEquals(document, [AROUND - 1, AROUND]);
  assertEquals(document.map((token) => window.words[token]), [0, 1]);
});

Deno.test("documentWindows() refuses a question that leaves no room", () => {
  assertThrows(
    () => documentWindows(tokenizer, QUESTION, CONTEXT, AROUND),
    RangeError,
    `a question of ${AROUND} tokens`,
  );
});

Deno.test("documentWindows() refuses an overlap as long as a window", () => {
  assertThrows(
    () => documentWindows(tokenizer, QUESTION, CONTEXT, AROUND + 20, 20),
    RangeError,
    "doc_stride 20: beside the question",
  );
});
