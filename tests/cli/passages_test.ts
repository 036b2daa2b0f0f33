import { assert, assertEquals, assertThrows } from "@std/assert";
import { splitDocument, wholeDocument } from "../../cli/passages.ts";
import { pipeline } from "../../pipelines/mod.ts";
import { MODEL, taskModel } from "./model_memory_io.ts";
import "../helpers/quiet_reference.ts";

const byteLevel = await pipeline("feature-extraction", MODEL, { device: "cpu" });
const wordPiece = await pipeline("feature-extraction", taskModel("bert_sentences"), {
  device: "cpu",
});

const documentOf = (text: string) => ({ id: "a", name: "a", text, bytes: text.length });

const TEXTS: Readonly<Record<string, string>> = {
  "words": "the river ran past the old house. ".repeat(12),
  "no spaces": "theriverranpasttheoldhouse".repeat(10),
  "no letters": "他是一个没有财产的牧师。".repeat(6),
  "emoji": "👩‍👩‍👧‍👦🇫🇷é".repeat(6),
  "lines": "the\r\n\r\nriver\n\tran  ".repeat(15),
  "spaces": `the${" ".repeat(300)}river${"\n".repeat(300)}ran`,
  "one word": "the",
};

for (const [kind, text] of Object.entries(TEXTS)) {
  Deno.test(`splitDocument() covers a text of ${kind} with windows that are not too long`, () => {
    for (const extractor of [byteLevel, wordPiece]) {
      for (const [window, overlap] of [[7, 0], [7, 2], [16, 5], [24, 20], [400, 8]]) {
        const options = { window, overlap, prompt: "" };
        const passages = [...splitDocument(extractor, documentOf(text), options)];
        let end = 0;
        for (const [i, passage] of passages.entries()) {
          assertEquals(passage.id, `a#${i + 1}`);
          assertEquals(passage.text, text.slice(passage.start, passage.end));
          // Nothing but white space is between two of them, and each is new.
          assertEquals(text.slice(end, Math.max(end, passage.start)).trim(), "");
          assert(passage.end > end, `${kind} ${window} ${overlap}: ${JSON.stringify(passage)}`);
          const tokens = extractor.tokenizer.encode(passage.text).length;
          assert(tokens <= window, `${tokens} tokens in ${JSON.stringify(passage)}`);
          end = passage.end;
        }
        assertEquals(text.slice(end).trim(), "");
      }
    }
  });
}

Deno.test("splitDocument() names a character that is longer than a window", () => {
  const options = { window: 5, overlap: 0, prompt: "" };
  const message = 'Cannot divide a: "👩" alone has 6 tokens';
  assertThrows(() => [...splitDocument(byteLevel, documentOf("👩"), options)], RangeError, message);
});

Deno.test("splitDocument() counts the prompt, and takes a blank document as one passage", () => {
  const document = documentOf(TEXTS.words);
  const count = (prompt: string) =>
    [...splitDocument(byteLevel, document, { window: 12, overlap: 0, prompt })].length;
  assert(count("the old river ") > count(""));
  const message = "leave 0 tokens of it, wanted more than --overlap 0";
  assertThrows(() => count("the old river ".repeat(9)), RangeError, message);
  for (const text of ["", " \n"]) {
    const options = { window: 12, overlap: 0, prompt: "" };
    const passages = [...splitDocument(byteLevel, documentOf(text), options)];
    assertEquals(passages, [{ id: "a#1", name: "a", start: 0, end: 0, text: "" }]);
  }
  assertEquals(wholeDocument(documentOf(" a")), {
    id: "a",
    name: "a",
    start: 0,
    end: 2,
    text: " a",
  });
});
