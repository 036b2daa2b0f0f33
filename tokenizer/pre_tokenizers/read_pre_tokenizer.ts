import type { AlignedText } from "../aligned_text.ts";
import { showValue } from "../../base/show_value.ts";
import { JsonPart } from "../json_part.ts";
import { type Pattern, readPattern } from "../pattern.ts";
import { isPlain, plainPreTokenizer } from "../plain_parts.ts";
import { readSteps } from "../read_steps.ts";
import type { Readers } from "../readers.ts";
import { punctuation } from "../unicode_tables.ts";
import { metaspacePreTokenizer } from "./metaspace.ts";
import { splitAligned, type SplitBehavior, splitBehaviors } from "./split.ts";

/** Splits a text, not empty, into words, which the model tokenizes one by one. */
export type PreTokenizer = (aligned: AlignedText) => AlignedText[];

const whiteSpace = /\p{White_Space}/gu;
/** A word, or a run of symbols. */
const wordOrSymbols =
  /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]+|[^\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}\p{White_Space}]+/gu;

/**
 * Reads a pre-tokenizer of a tokenizer.json.
 *
 * @param value The value of `pre_tokenizer`.
 * @param name Its name in messages.
 * @param readers Readers of what it asks for.
 * @returns The pre-tokenizer; for null the text is a single word.
 * @throws {TypeError} If it is malformed or of an unknown type.
 */
export function readPreTokenizer(value: unknown, name: string, readers: Readers): PreTokenizer {
  if (isPlain(value)) return plainPreTokenizer(value, name);
  const part = new JsonPart(value, name);
  const type = part.get("type");
  const split =
    (delimiter: Pattern, behavior: SplitBehavior, invert = false): PreTokenizer => (aligned) =>
      splitAligned(aligned, delimiter, behavior, invert);
  switch (type) {
    case "Sequence":
      return inSequence(
        readSteps(part, "pretokenizers").map((step) => readPreTokenizer(step, name, readers)),
      );
    case "BertPreTokenizer":
      return inSequence([split(whiteSpace, "Removed"), split(punctuation, "Isolated")]);
    case "Whitespace":
      return split(wordOrSymbols, "Removed", true);
    case "WhitespaceSplit":
      return split(whiteSpace, "Removed");
    case "Punctuation":
      return split(punctuation, part.oneOf("behavior", splitBehaviors, "Isolated"));
    case "Digits":
      return split(/\p{N}/gu, part.boolean("individual_digits", false) ? "Isolated" : "Contiguous");
    case "Split":
      return split(
        readPattern(part, readers),
        part.oneOf("behavior", splitBehaviors),
        part.boolean("invert", false),
      );
    case "CharDelimiterSplit": {
      const delimiter = part.string("delimiter");
      if ([...delimiter].length !== 1) {
        return part.fail(`delimiter is ${showValue(delimiter)}; wanted one character`);
      }
      return split(new RegExp(`\\u{${delimiter.codePointAt(0)!.toString(16)}}`, "gu"), "Removed");
    }
    case "UnicodeScripts":
      return readers.UnicodeScripts!.scriptWords;
    case "FixedLength": {
      const length = part.count("length", 5) || part.fail("length is 0; wanted at least 1");
      return split(new RegExp(`.{1,${length}}`, "gsu"), "Isolated");
    }
    case "Metaspace":
      return metaspacePreTokenizer(part);
    default:
      return part.fail(
        `got type ${showValue(type)}; wanted BertPreTokenizer, Whitespace, WhitespaceSplit, ` +
          "Punctuation, Digits, Split, CharDelimiterSplit, UnicodeScripts, FixedLength, " +
          "Metaspace, ByteLevel or a Sequence of those",
      );
  }
}

function inSequence(steps: readonly PreTokenizer[]): PreTokenizer {
  return (aligned) => steps.reduce((words, step) => words.flatMap(step), [aligned]);
}
