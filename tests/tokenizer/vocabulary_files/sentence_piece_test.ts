import { assert, assertEquals, assertThrows } from "@std/assert";
import { tokenizerFromFiles } from "../../../tokenizer/mod.ts";
import { readSentencePiece } from "../../../tokenizer/vocabulary_files/sentence_piece.ts";

const root = new URL("../../golden/tokenizer/vocabulary/", import.meta.url);
const unigram = await Deno.readFile(new URL("unigram/sentencepiece.bpe.model", root));
const merged = await Deno.readFile(new URL("bpe_pieces/sentencepiece.bpe.model", root));

/** A field of bytes. */
function field(number: number, bytes: ArrayLike<number>): number[] {
  return [number << 3 | 2, bytes.length, ...Array.from(bytes)];
}

/** A piece with its score as four bytes. */
function piece(text: string, score = [0, 0, 0, 0]): number[] {
  return field(1, [...field(1, new TextEncoder().encode(text)), 2 << 3 | 5, ...score]);
}

const read = (...bytes: number[]) => readSentencePiece(Uint8Array.from(bytes), "spiece.model");

Deno.test("readSentencePiece() reads pieces, algorithm and table", () => {
  const model = readSentencePiece(unigram, "spiece.model");
  assertEquals(model.pieces.slice(0, 3), [["<unk>", 0], ["<s>", 0], ["</s>", 0]]);
  assertEquals([model.pieces.length, model.type, model.unkId, model.unkPiece], [
    420,
    "Unigram",
    0,
    "<unk>",
  ]);
  assertEquals(model.characterMap?.lookUp(new TextEncoder().encode("ﬁ")), "fi");
  assertEquals(readSentencePiece(merged, "spiece.model").type, "BPE");
});

Deno.test("readSentencePiece() has defaults for what a file leaves out", () => {
  const { pieces, type, unkId, unkPiece, characterMap } = read(...piece("a", [0, 0, 0x80, 0xbf]));
  assertEquals([pieces, type, unkId, unkPiece, characterMap], [
    [["a", -1]],
    "Unigram",
    0,
    "<unk>",
    undefined,
  ]);
});

Deno.test("readSentencePiece() refuses malformed files", () => {
  const cases: [number[], string][] = [
    [[], "no pieces"],
    [piece(""), "a piece is empty"],
    [field(1, []), "a piece is empty"],
    [[...piece("a"), ...piece("a")], 'the piece "a" is there twice'],
    [piece("a", [0, 0, 0xc0, 0x7f]), "has the score NaN"],
    [piece("a", [0, 0, 0x80, 0xff]), "has the score -Infinity"],
    [field(1, field(1, [0xff])), "a piece is not UTF-8"],
    [[0x08, 1], "a piece is a number"],
    [field(1, [0x08, 1]), "a piece is a number"],
    [field(1, [...field(1, [97]), ...field(2, [1, 2])]), "a score has not 4 bytes"],
    [[...piece("a"), ...field(2, field(3, [1]))], "model_type is not a number"],
    [[...piece("a"), ...field(3, field(2, [1, 2, 3, 4, 5]))], "which is not a trie"],
    [[...piece("a"), 0x0b], "a field has the type 3"],
    [Array.from(new TextEncoder().encode("<!doctype html>")), "not a protobuf message"],
  ];
  for (const [bytes, fault] of cases) assertThrows(() => read(...bytes), SyntaxError, fault);
});

Deno.test("readSentencePiece() names what is not supported", () => {
  const withTrainer = (...trainer: number[]) => [...piece("a"), ...field(2, trainer)];
  const key = (number: number) => number < 16 ? [number << 3] : [(number << 3 & 127) | 128, 1];
  for (const type of [0, 3, 4]) {
    assertThrows(() => read(...withTrainer(3 << 3, type)), TypeError, `model_type is ${type}`);
  }
  assertThrows(() => read(...withTrainer(0x98, 0x02, 1)), TypeError, "byte_fallback");
  assertThrows(() => read(...withTrainer(...key(24), 1)), TypeError, "whitespace_as_suffix");
});

Deno.test("a damaged SentencePiece model is an error or a tokenizer, in bounded time", () => {
  const tokenizerConfig = { tokenizer_class: "XLMRobertaTokenizer" };
  let read = 0;
  const attempt = (bytes: Uint8Array) => {
    try {
      tokenizerFromFiles({ sentencePiece: bytes, tokenizerConfig }).encode("Hello ﬁ ＡＢ");
      read++;
    } catch (error) {
      const isOurs = error instanceof SyntaxError || error instanceof TypeError &&
          error.message.startsWith("Cannot") ||
        error instanceof RangeError;
      assert(isOurs, String(error));
    }
  };
  let seed = 1;
  const draw = (limit: number) => (seed = seed * 48271 % 0x7fffffff) % limit;
  for (const file of [unigram, merged]) {
    for (let round = 0; round < 100; round++) {
      attempt(file.slice(0, draw(file.length)));
      const damaged = file.slice();
      for (let i = draw(4); i >= 0; i--) damaged[draw(file.length)] = draw(256);
      attempt(damaged);
    }
  }
  assert(read > 20);
});

Deno.test("a BPE model with a piece of many letters is refused", () => {
  const long = "a".repeat(1001);
  const bytes = new TextEncoder().encode(long);
  const length = [bytes.length & 127 | 128, bytes.length >> 7];
  const inner = [0x0a, ...length, ...bytes];
  const outer = [0x0a, inner.length & 127 | 128, inner.length >> 7, ...inner];
  const file = Uint8Array.from([...outer, ...field(2, [3 << 3, 2])]);
  const tokenizerConfig = { tokenizer_class: "BarthezTokenizer" };
  assertThrows(
    () => tokenizerFromFiles({ sentencePiece: file, tokenizerConfig }),
    SyntaxError,
    "a piece has 1001 letters",
  );
});
