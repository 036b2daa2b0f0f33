import type { JsonPart } from "../json_part.ts";

/**
 * The table of a `Precompiled` normalizer: sentencepiece's rules from byte sequences to texts.
 *
 * The bytes are: the length of a trie; the trie as a double array of 32-bit units (the format of
 * Darts-clone); the texts, each terminated by a zero byte. A unit holds the byte that leads to it
 * (bits 0 to 7), whether a rule ends there (bit 8), and the offset of its children (bits 9 and up).
 * If a rule ends there, the unit of the first child is the position of the rule's text.
 */
export class CharacterMap {
  readonly #units: Uint32Array;
  readonly #texts: Uint8Array;

  private constructor(units: Uint32Array, texts: Uint8Array) {
    this.#units = units;
    this.#texts = texts;
  }

  /**
   * Parses a table.
   *
   * @param base64 The table's bytes in base64.
   * @param part The part of the file that has it, for messages.
   * @returns The table.
   * @throws {TypeError} If it is not base64, or shorter than its header says.
   */
  static parse(base64: string, part: JsonPart): CharacterMap {
    let bytes: Uint8Array;
    try {
      bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    } catch {
      return part.fail("precompiled_charsmap is not base64");
    }
    return CharacterMap.read(bytes, (what) => part.fail(what));
  }

  /**
   * Reads a table.
   *
   * @param bytes The table.
   * @param fail Throws an error with a fault of the table.
   * @returns The table.
   */
  static read(bytes: Uint8Array, fail: (what: string) => never): CharacterMap {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const size = bytes.length < 4 ? Infinity : view.getUint32(0, true);
    if (size % 4 !== 0 || size === 0 || size > bytes.length - 4) {
      return fail(
        `precompiled_charsmap has ${bytes.length} bytes, which is not a trie followed by texts`,
      );
    }
    const units = Uint32Array.from({ length: size / 4 }, (_, i) => view.getUint32(4 + 4 * i, true));
    return new CharacterMap(units, bytes.slice(4 + size));
  }

  /**
   * Looks up the replacement of a piece of text: of the rule for the shortest prefix that has one,
   * even if more follows, as in Python's tokenizers.
   *
   * @param piece The piece in UTF-8.
   * @returns The replacement; undefined if no rule matches.
   */
  lookUp(piece: Uint8Array): string | undefined {
    let index = childrenOf(this.#units[0]);
    for (const byte of piece) {
      if (byte === 0) return undefined;
      index ^= byte;
      // A damaged array may point beyond its end: no rule matches.
      const unit = this.#units[index];
      if (unit === undefined || (unit & 0x800000ff) !== byte) return undefined;
      index ^= childrenOf(unit);
      if (unit & 0x100) return this.#textAt(this.#units[index] & 0x7fffffff);
    }
    return undefined;
  }

  #textAt(start: number): string {
    const end = this.#texts.indexOf(0, start);
    return new TextDecoder().decode(this.#texts.subarray(start, end < 0 ? undefined : end));
  }
}

/** The offset of a unit's children, to be XORed with their bytes. */
function childrenOf(unit: number): number {
  return (unit >>> 10) << ((unit & 0x200) >>> 6);
}
