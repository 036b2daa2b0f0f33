import { showValue } from "../../base/show_value.ts";
import { CharacterMap } from "../normalizers/character_map.ts";
import { type FieldValue, readFields } from "./protobuf.ts";

/** A piece of a vocabulary with its score, a log probability. */
export type Piece = readonly [piece: string, score: number];

/** What a SentencePiece model says, as far as Python's fast tokenizers read it. */
export interface SentencePieceModel {
  /** The pieces in the order of their ids. */
  readonly pieces: readonly Piece[];
  /** The algorithm. */
  readonly type: "Unigram" | "BPE";
  /** The id of the unknown piece. */
  readonly unkId: number;
  /** The unknown piece. */
  readonly unkPiece: string;
  /** The normalizer's table; absent: the text is not normalized. */
  readonly characterMap?: CharacterMap;
}

/** More pieces than any vocabulary has: the largest have a million. */
const MAX_PIECES = 2 ** 21;

/**
 * Reads a SentencePiece model (`ModelProto` of sentencepiece_model.proto).
 *
 * Of the normalizer's settings only its table counts, as in transformers' conversion: there is
 * always a space in front, and runs of spaces are always one.
 *
 * @param bytes The file.
 * @param name Its name in errors.
 * @returns The model.
 * @throws {SyntaxError} If the file is malformed.
 * @throws {TypeError} If the model's algorithm or one of its settings is not supported.
 */
export function readSentencePiece(bytes: Uint8Array, name: string): SentencePieceModel {
  const pieces: Piece[] = [];
  const known = new Set<string>();
  let type = 1;
  let unkId = 0;
  let unkPiece = "<unk>";
  let byteFallback = false;
  let spaceBehind = false;
  let characters: Uint8Array = new Uint8Array();
  const fail = (what: string): never => {
    throw new SyntaxError(`Cannot read ${name}: ${what}`);
  };
  const toNumber = (value: FieldValue, key: string): number =>
    typeof value === "number" ? value : fail(`${key} is not a number`);
  const toBytes = (value: FieldValue, key: string): Uint8Array =>
    typeof value === "number" ? fail(`${key} is a number`) : value;
  const toText = (value: FieldValue, key: string): string => {
    const encoded = toBytes(value, key);
    try {
      return utf8.decode(encoded);
    } catch {
      return fail(`${key} is not UTF-8`);
    }
  };
  const readPiece = (message: Uint8Array): void => {
    let piece = "";
    let score = 0;
    readFields(message, name, (number, value) => {
      if (number === 1) piece = toText(value, "a piece");
      if (number === 2) {
        const four = toBytes(value, "a score");
        if (four.length !== 4) fail("a score has not 4 bytes");
        score = new DataView(four.buffer, four.byteOffset).getFloat32(0, true);
      }
    });
    if (piece === "") fail("a piece is empty");
    if (known.has(piece)) fail(`the piece ${showValue(piece)} is there twice`);
    if (!Number.isFinite(score)) fail(`the piece ${showValue(piece)} has the score ${score}`);
    if (pieces.length === MAX_PIECES) fail(`it has more than ${MAX_PIECES} pieces`);
    known.add(piece);
    pieces.push([piece, score]);
  };
  const readTrainer = (message: Uint8Array): void => {
    readFields(message, name, (number, value) => {
      if (number === 3) type = toNumber(value, "model_type");
      if (number === 24) spaceBehind = toNumber(value, "treat_whitespace_as_suffix") !== 0;
      if (number === 35) byteFallback = toNumber(value, "byte_fallback") !== 0;
      if (number === 40) unkId = toNumber(value, "unk_id");
      if (number === 45) unkPiece = toText(value, "unk_piece");
    });
  };
  const readNormalizer = (message: Uint8Array): void => {
    readFields(message, name, (number, value) => {
      if (number === 2) characters = toBytes(value, "precompiled_charsmap");
    });
  };
  readFields(bytes, name, (number, value) => {
    if (number === 1) readPiece(toBytes(value, "a piece"));
    if (number === 2) readTrainer(toBytes(value, "trainer_spec"));
    if (number === 3) readNormalizer(toBytes(value, "normalizer_spec"));
  });
  if (pieces.length === 0) fail("it has no pieces");
  const algorithm = types[type];
  const refuse = (what: string): never => {
    throw new TypeError(`Cannot use ${name}: ${what}`);
  };
  if (algorithm === undefined) refuse(`its model_type is ${type}; wanted Unigram (1) or BPE (2)`);
  if (byteFallback) refuse("byte_fallback is not supported");
  if (spaceBehind) refuse("treat_whitespace_as_suffix is not supported");
  return {
    pieces,
    type: algorithm!,
    unkId,
    unkPiece,
    ...(characters.length > 0 && { characterMap: CharacterMap.read(characters, fail) }),
  };
}

const types: readonly (SentencePieceModel["type"] | undefined)[] = [undefined, "Unigram", "BPE"];

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
