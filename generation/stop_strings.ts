/**
 * The end by texts.
 *
 * @module
 */
import { largest } from "../base/largest.ts";
import { StoppingCriteria } from "./stopping_criteria.ts";
import type { TextDecoder } from "./text_decoder.ts";
import { withoutHalf } from "./without_half.ts";

/** Most ids that a character can take: byte-level tokens, four to a character. */
const IDS_PER_CHARACTER = 4;

/**
 * Ends a row whose last id completes one of some texts. The text may have begun in the prompt, and
 * the last id may say more than it.
 *
 * @example
 * ```ts
 * import { StopStringCriteria } from "@lsg/core/generation";
 * import { assertEquals } from "@std/assert";
 *
 * const tokenizer = { decode: (ids: number[]) => ids.map((id) => "abc"[id]).join("") };
 * const criterion = new StopStringCriteria(tokenizer, "bc");
 * assertEquals(criterion._call([[0n, 1n, 2n], [1n, 2n, 0n], [2n, 1n]]), [true, false, false]);
 * ```
 */
export class StopStringCriteria extends StoppingCriteria {
  readonly #texts: readonly string[];
  readonly #window: number;

  /**
   * Makes the criterion.
   *
   * @param tokenizer Decodes ids.
   * @param stop_strings The texts.
   */
  constructor(readonly tokenizer: TextDecoder, stop_strings: string | readonly string[]) {
    super(false);
    this.#texts = [stop_strings].flat();
    const longest = largest(this.#texts.map((text) => text.length));
    this.#window = IDS_PER_CHARACTER * (longest + 1);
  }

  /** Decides for each row; see the class. */
  override _call(input_ids: bigint[][]): boolean[] {
    return input_ids.map((ids) => {
      const last = ids.slice(-this.#window).map(Number);
      const text = this.#decode(last);
      // Half a character is decoded as a mark that the next id replaces.
      const before = withoutHalf(this.#decode(last.slice(0, -1)));
      return this.#texts.some((wanted) => {
        const start = text.lastIndexOf(wanted);
        return start !== -1 && start + wanted.length > before.length;
      });
    });
  }

  #decode(ids: number[]): string {
    return ids.length === 0 ? "" : this.tokenizer.decode(ids, {
      skip_special_tokens: false,
      clean_up_tokenization_spaces: false,
    });
  }
}
