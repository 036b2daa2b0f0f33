import { type AlignedText, prependAligned } from "../aligned_text.ts";
import type { JsonPart } from "../json_part.ts";
import { replaceAligned } from "../normalizers/replace.ts";
import { splitAligned } from "./split.ts";

/** Settings of sentencepiece's letter for a space, for the pre-tokenizer and the decoder. */
export interface Metaspace {
  /** The letter, `▁`. */
  replacement: string;
  /** Which parts of a text get one in front if they have none: all, only what begins it, or none. */
  prepend: "always" | "first" | "never";
}

/**
 * Reads the settings of a `Metaspace` part.
 *
 * @param part The part.
 * @returns The settings; an old `add_prefix_space: false` is `"never"`.
 * @throws {TypeError} If a setting is not well formed.
 */
export function readMetaspace(part: JsonPart): Metaspace {
  const replacement = part.string("replacement", "▁");
  if ([...replacement].length !== 1) {
    return part.fail(`replacement is ${JSON.stringify(replacement)}; wanted one character`);
  }
  const scheme = part.oneOf("prepend_scheme", ["always", "first", "never"], "always");
  return { replacement, prepend: part.boolean("add_prefix_space", true) ? scheme : "never" };
}

/**
 * Reads a `Metaspace` pre-tokenizer: it writes spaces as a letter and cuts in front of each.
 *
 * @param part Its settings.
 * @returns The pre-tokenizer.
 * @throws {TypeError} If a setting is not well formed.
 */
export function metaspacePreTokenizer(part: JsonPart): (aligned: AlignedText) => AlignedText[] {
  const { replacement, prepend } = readMetaspace(part);
  const cuts = part.boolean("split", true);
  // The letter is not one that an expression takes for more than itself: see below.
  const letter = new RegExp(`\\u{${replacement.codePointAt(0)!.toString(16)}}`, "gu");
  return (aligned) => {
    let words = replaceAligned(aligned, / /g, replacement);
    const isMissing = !words.text.startsWith(replacement);
    if (isMissing && (prepend === "always" || prepend === "first" && words.starts[0] === 0)) {
      words = prependAligned(words, replacement);
    }
    return cuts ? splitAligned(words, letter, "MergedWithNext") : [words];
  };
}
