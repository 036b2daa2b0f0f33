import type { AlignedText } from "../aligned_text.ts";
import { checkGrowth } from "../check_growth.ts";
import { changeCharacters, type CharacterChange } from "../change_characters.ts";
import type { JsonPart } from "../json_part.ts";
import { CharacterMap } from "./character_map.ts";

/** Most characters and clusters whose replacements are remembered: some 10 MB. */
const REMEMBERED = 50_000;

/** Clusters of more bytes in UTF-8 are looked up character by character. */
const LONGEST_CLUSTER = 5;

const utf8 = new TextEncoder();

/**
 * Reads sentencepiece's normalizer, `Precompiled`: a table from characters to texts.
 *
 * @param part The normalizer's settings; its table is in base64, or read before.
 * @returns The normalizer.
 * @throws {TypeError} If the table is malformed.
 */
export function readPrecompiled(part: JsonPart): (aligned: AlignedText) => AlignedText {
  const table = part.get("precompiled_charsmap");
  const map = table instanceof CharacterMap
    ? table
    : CharacterMap.parse(part.string("precompiled_charsmap"), part);
  const found = new Map<string, string | undefined>();
  const lookUp = (piece: string): string | undefined => {
    if (found.has(piece)) return found.get(piece);
    const after = map.lookUp(utf8.encode(piece));
    if (found.size === REMEMBERED) found.clear();
    found.set(piece, after);
    return after;
  };
  const clusters = new Intl.Segmenter("und", { granularity: "grapheme" });

  return (aligned) => {
    const changes: CharacterChange[] = [];
    let isChanged = false;
    const rewrite = (piece: string): boolean => {
      const after = lookUp(piece);
      if (after === undefined) return false;
      replacePiece(changes, piece, after);
      checkGrowth(aligned, changes.length);
      isChanged = true;
      return true;
    };
    for (const { segment } of clusters.segment(aligned.text)) {
      if (isShort(segment) && rewrite(segment)) continue;
      for (const character of segment) {
        if (!rewrite(character)) changes.push([character, 0]);
      }
    }
    return isChanged ? changeCharacters(aligned, changes) : aligned;
  };
}

function isShort(cluster: string): boolean {
  return cluster.length === 1 ||
    cluster.length <= LONGEST_CLUSTER && utf8.encode(cluster).length <= LONGEST_CLUSTER;
}

/** Adds the changes from `before` to `after`; the last characters take up the length difference. */
function replacePiece(changes: CharacterChange[], before: string, after: string): void {
  const characters = [...after];
  const difference = characters.length - [...before].length;
  for (const [i, character] of characters.entries()) {
    changes.push([character, i >= characters.length - difference ? 1 : 0]);
  }
  // Without a character before, the next one replaces the deleted text, as in Python's tokenizers.
  const last = changes.at(-1);
  if (difference < 0 && last) last[1] += difference;
}
