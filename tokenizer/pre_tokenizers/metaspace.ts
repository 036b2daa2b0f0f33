import { showValue } from "../../base/show_value.ts";
import type { AlignedText } from "../aligned_text.ts";
import { prependAligned } from "../rewrite_aligned.ts";
import type { JsonPart } from "../json_part.ts";
import { replaceAligned } from "../normalizers/replace.ts";
import { splitAligned } from "./split.ts";

/** Settings of sentencepiece's character for a space, for the pre-tokenizer and the decoder. */
export interface Metaspace {
  /** The character, `▁`. */
  replacement: string;
  /** Which parts of a text get it prepended if they lack it: all, only the first, or none. */
  prepend: "always" | "first" | "never";
}

/**
 * Reads the settings of a `Metaspace` part.
 *
 * @param part The part.
 * @returns The settings; the older `add_prefix_space: false` is `"never"`.
 * @throws {TypeError} If a setting is malformed.
 */
export function readMetaspace(part: JsonPart): Metaspace {
  const replacement = part.string("replacement", "▁");
  if ([...replacement].length !== 1) {
    return part.fail(`replacement is ${showValue(replacement)}; wanted one character`);
  }
  const scheme = part.oneOf("prepend_scheme", ["always", "first", "never"], "always");
  return { replacement, prepend: part.boolean("add_prefix_space", true) ? scheme : "never" };
}

/**
 * Reads a `Metaspace` pre-tokenizer: it replaces spaces by a character and splits before each.
 *
 * @param part Its settings.
 * @returns The pre-tokenizer.
 * @throws {TypeError} If a setting is malformed.
 */
export function metaspacePreTokenizer(part: JsonPart): (aligned: AlignedText) => AlignedText[] {
  const { replacement, prepend } = readMetaspace(part);
  const splits = part.boolean("split", true);
  // As an escape, so that the character is literal in the expression.
  const delimiter = new RegExp(`\\u{${replacement.codePointAt(0)!.toString(16)}}`, "gu");
  return (aligned) => {
    let words = replaceAligned(aligned, / /g, replacement);
    const isMissing = !words.text.startsWith(replacement);
    if (
      isMissing &&
      (prepend === "always" || prepend === "first" && words.text !== "" && words.startAt(0) === 0)
    ) {
      words = prependAligned(words, replacement);
    }
    return splits ? splitAligned(words, delimiter, "MergedWithNext") : [words];
  };
}
