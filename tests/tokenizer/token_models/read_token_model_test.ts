import { ALL_READERS } from "../../../tokenizer/all_readers.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { readTokenModel } from "../../../tokenizer/token_models/read_token_model.ts";

Deno.test("readTokenModel() infers the type of files that do not state it", () => {
  const bpe = { vocab: { a: 0, b: 1, ab: 2 }, merges: ["a b"] };
  const wordPiece = { vocab: { "[UNK]": 0, a: 1, "##b": 2 } };
  const unigram = { vocab: [["<unk>", 0], ["ab", -1]], unk_id: 0 };
  const ids = [bpe, wordPiece, unigram].map((model) =>
    readTokenModel(model, "model of x", ALL_READERS).tokenize("ab").map((token) => token.id)
  );
  assertEquals(ids, [[2], [1, 2], [1]]);
});

Deno.test("readTokenModel() refuses other models and names them", () => {
  const read = (model: unknown) => () => readTokenModel(model, "model of x", ALL_READERS);
  assertThrows(read({ type: "Other" }), TypeError, '"Other"');
  assertThrows(read({}), TypeError, "model of x");
  assertThrows(read(undefined), TypeError, "model of x");
});
