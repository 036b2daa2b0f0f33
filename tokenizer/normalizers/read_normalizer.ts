import { showValue } from "../../base/show_value.ts";
import type { AlignedText } from "../aligned_text.ts";
import { checkGrowth } from "../check_growth.ts";
import { mapCharacters, prependAligned } from "../rewrite_aligned.ts";
import { JsonPart } from "../json_part.ts";
import { readPattern } from "../pattern.ts";
import { toBytes } from "../pre_tokenizers/byte_level.ts";
import { readSteps } from "../read_steps.ts";
import type { Readers } from "../readers.ts";
import { isMark } from "../unicode_tables.ts";
import { bertNormalizer } from "./bert.ts";
import { canonicalForm } from "./canonical_form.ts";
import { readPrecompiled } from "./precompiled.ts";
import { replaceAligned } from "./replace.ts";

/** Rewrites a text before it is split into words. */
export type Normalizer = (aligned: AlignedText) => AlignedText;

/**
 * Reads a normalizer of a tokenizer.json.
 *
 * @param value The value of `normalizer`.
 * @param name Its name in messages.
 * @param readers Readers of what it asks for.
 * @returns The normalizer; for null the identity.
 * @throws {TypeError} If it is malformed or of an unknown type.
 */
export function readNormalizer(value: unknown, name: string, readers: Readers): Normalizer {
  if (value === null || value === undefined) return (aligned) => aligned;
  const part = new JsonPart(value, name);
  const type = part.get("type");
  switch (type) {
    case "Sequence": {
      const steps = readSteps(part, "normalizers").map((step) =>
        readNormalizer(step, name, readers)
      );
      return (aligned) => steps.reduce((text, step) => step(text), aligned);
    }
    case "BertNormalizer":
      return bertNormalizer(part);
    case "Precompiled":
      return readPrecompiled(part);
    case "NFC":
    case "NFD":
    case "NFKC":
    case "NFKD":
      return (aligned) => canonicalForm(aligned, type);
    case "Nmt":
      return (aligned) => mapCharacters(aligned, nmt);
    case "Lowercase":
      return (aligned) => mapCharacters(aligned, (character) => character.toLowerCase());
    case "StripAccents":
      return (aligned) => mapCharacters(aligned, (c) => isMark(c) ? "" : c);
    case "Strip": {
      const left = part.boolean("strip_left", false);
      const right = part.boolean("strip_right", false);
      return (aligned) => strip(aligned, left, right);
    }
    case "Prepend": {
      const front = part.string("prepend");
      return (aligned) => {
        if (aligned.text === "") return aligned;
        checkGrowth(aligned, aligned.text.length + front.length);
        return prependAligned(aligned, front);
      };
    }
    case "ByteLevel":
      return toBytes;
    case "Replace": {
      const pattern = readPattern(part, readers);
      const content = part.string("content");
      return (aligned) => replaceAligned(aligned, pattern, content);
    }
    default:
      return part.fail(
        `got type ${showValue(type)}; wanted BertNormalizer, Precompiled, NFC, NFD, NFKC, ` +
          "NFKD, Nmt, Lowercase, StripAccents, Strip, Prepend, Replace, ByteLevel or a Sequence " +
          "of those",
      );
  }
}

/** sentencepiece's cleaning: control characters go, other white space becomes a space. */
function nmt(character: string): string {
  if (/^[\t\n\f\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]/.test(character)) return " ";
  const code = character.charCodeAt(0);
  const isControl = (code > 0 && code < 0x20) || [0x7f, 0x8f, 0x9f].includes(code);
  return isControl ? "" : character;
}

/** Removes white space from the ends of a text. */
function strip(aligned: AlignedText, left: boolean, right: boolean): AlignedText {
  const { text } = aligned;
  // `trim()` removes U+FEFF and keeps U+0085. White space is never half of a surrogate pair.
  const isSpace = (unit: number): boolean => /\p{White_Space}/u.test(text[unit]);
  let start = 0;
  let end = text.length;
  while (left && start < end && isSpace(start)) start++;
  while (right && start < end && isSpace(end - 1)) end--;
  return aligned.slice(start, end);
}
