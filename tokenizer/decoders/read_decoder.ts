import { showValue } from "../../base/show_value.ts";
import { AlignedText } from "../aligned_text.ts";
import { roomFor } from "../check_growth.ts";
import { JsonPart } from "../json_part.ts";
import { replaceAligned } from "../normalizers/replace.ts";
import { readPattern } from "../pattern.ts";
import { isPlain, plainDecoder } from "../plain_parts.ts";
import { readSteps } from "../read_steps.ts";
import type { Readers } from "../readers.ts";
import { readMetaspace } from "../pre_tokenizers/metaspace.ts";
import { byteFallback } from "./byte_fallback.ts";
import { strip } from "./strip.ts";
import { cleanUpToken, readWordPieceDecoder } from "./word_piece.ts";

/**
 * Converts tokens to strings, whose concatenation is the text; `room` is the largest number of
 * letters that they may get by replacements, by default in proportion to the tokens.
 */
export type Decoder = (tokens: readonly string[], room?: number) => readonly string[];

/** Rewrites tokens one by one; an error if they become longer than there is room for. */
function rewriter(rewrite: (token: string, index: number, count: number) => string): Decoder {
  return (tokens, room = roomFor(lettersOf(tokens))) => {
    let letters = 0;
    return tokens.map((token, i) => {
      const text = rewrite(token, i, tokens.length);
      letters += text.length;
      if (letters > room) {
        throw new RangeError(
          `Cannot decode ${tokens.length} tokens: the tokenizer makes them more than ${room} ` +
            "letters long",
        );
      }
      return text;
    });
  };
}

const lettersOf = (tokens: readonly string[]) =>
  tokens.reduce((sum, token) => sum + token.length, 0);

/**
 * Reads a decoder of a tokenizer.json.
 *
 * @param value The value of `decoder`.
 * @param name Its name in messages.
 * @param readers Readers of what it asks for.
 * @param isAdded Whether a token is an added token, whose letters are literal.
 * @returns The decoder; for null it joins the tokens with spaces.
 * @throws {TypeError} If it is malformed or of an unknown type.
 */
export function readDecoder(
  value: unknown,
  name: string,
  readers: Readers,
  isAdded: (token: string) => boolean,
): Decoder {
  if (isPlain(value)) return plainDecoder(value, isAdded);
  const part = new JsonPart(value, name);
  const type = part.get("type");
  switch (type) {
    case "Sequence": {
      const steps = readSteps(part, "decoders").map((step) =>
        readDecoder(step, name, readers, isAdded)
      );
      return (tokens, room = roomFor(lettersOf(tokens))) =>
        steps.reduce((texts, step) => step(texts, room), tokens);
    }
    case "WordPiece":
      return readWordPieceDecoder(part);
    case "ByteFallback":
      return byteFallback;
    case "Fuse":
      return (tokens) => [tokens.join("")];
    case "Metaspace": {
      const { replacement, prepend } = readMetaspace(part);
      return (tokens) =>
        tokens.map((token, i) =>
          token.replaceAll(replacement, i === 0 && prepend !== "never" ? "" : " ")
        );
    }
    case "Replace": {
      const pattern = readPattern(part, readers);
      const content = part.string("content");
      return rewriter((token) => replaceAligned(new AlignedText(token), pattern, content).text);
    }
    case "BPEDecoder": {
      // An empty one stands between characters, not within a surrogate pair.
      const suffix = part.string("suffix", "</w>") || /(?:)/gu;
      return rewriter((token, i, count) => token.replaceAll(suffix, i === count - 1 ? "" : " "));
    }
    case "CTC": {
      const pad = part.string("pad_token", "<pad>");
      const delimiter = part.string("word_delimiter_token", "|");
      const cleans = part.boolean("cleanup", true);
      const rewrite = rewriter((token) => {
        const text = token.replaceAll(pad, "");
        return cleans ? cleanUpToken(text).replaceAll(delimiter, " ") : text;
      });
      return (tokens, room) =>
        rewrite(tokens.filter((token, i) => token !== tokens[i - 1]), room)
          .filter((text) => text !== "");
    }
    case "Strip": {
      const content = part.string("content");
      const start = part.count("start", 0);
      const stop = part.count("stop", 0);
      return (tokens) => tokens.map((token) => strip(token, content, start, stop));
    }
    default:
      return part.fail(
        `got type ${showValue(type)}; wanted WordPiece, BPEDecoder, ByteLevel, ByteFallback, ` +
          "CTC, Fuse, Metaspace, Replace, Strip or a Sequence of those",
      );
  }
}
