import type { JsonPart } from "../json_part.ts";

/**
 * The table of a `Precompiled` normaliser: sentencepiece's rules from byte sequences to texts.
 *
 * Its bytes are the length of a trie, the trie as a double array of 32-bit units (Darts-clone's
 * form), then the texts, each ended by a zero byte. A unit holds the byte that leads to it (bits 0
 * to 7), whether a rule ends there (bit 8), and how far its children are (from bit 9 on); where a
 * rule ends, the first child's unit is the place of its text.
 */
export class CharacterMap {
  readonly #units: Uint32Array;
  readonly #texts: Uint8Array;

  private constructor(units: Uint32Array, texts: Uint8Array) {
    this.#units = units;
    this.#texts = texts;
  }

  /**
   * Reads a table.
   *
   * @param base64 The table's bytes in base64.
   * @param part The part of the file that it is from, for messages.
   * @returns The table.
   * @throws {TypeError} If it is no base64 or too short for what it says.
   */
  static parse(base64: string, part: JsonPart): CharacterMap {
    let bytes: Uint8Array<ArrayBuffer>;
    try {
      bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    } catch {
      return part.fail("precompiled_charsmap is not base64");
    }
    const view = new DataView(bytes.buffer);
    const size = bytes.length < 4 ? Infinity : view.getUint32(0, true);
    if (size % 4 !== 0 || size === 0 || size > bytes.length - 4) {
      return part.fail(
        `precompiled_charsmap has ${bytes.length} bytes, which is no trie with texts behind`,
      );
    }
    const units = Uint32Array.from({ length: size / 4 }, (_, i) => view.getUint32(4 + 4 * i, true));
    return new CharacterMap(units, bytes.subarray(4 + size));
  }

  /**
   * What stands for a piece of text: by the rule for its shortest beginning that has one, even if
   * more follows, as in Python's tokenizers.
   *
   * @param piece The piece in UTF-8.
   * @returns What stands for it; undefined if no rule fits.
   */
  lookUp(piece: Uint8Array): string | undefined {
    let place = childrenOf(this.#units[0]);
    for (const byte of piece) {
      if (byte === 0) return undefined;
      place ^= byte;
      // Beyond a damaged array there is no unit, and no rule.
      const unit = this.#units[place];
      if (unit === undefined || (unit & 0x800000ff) !== byte) return undefined;
      place ^= childrenOf(unit);
      if (unit & 0x100) return this.#textAt(this.#units[place] & 0x7fffffff);
    }
    return undefined;
  }

  #textAt(start: number): string {
    const end = this.#texts.indexOf(0, start);
    return new TextDecoder().decode(this.#texts.subarray(start, end < 0 ? undefined : end));
  }
}

/** How far from a unit its children are: what their bytes are exclusive-ored with. */
function childrenOf(unit: number): number {
  return (unit >>> 10) << ((unit & 0x200) >>> 6);
}
