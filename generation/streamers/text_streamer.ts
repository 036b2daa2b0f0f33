/**
 * Text while it is generated.
 *
 * @module
 */
import { CALLBACK, checkOptions, FLAG, type OptionCheck } from "../../base/check_options.ts";
import { showValue } from "../../base/show_value.ts";
import type { TextDecoder, TextDecoderOptions } from "../text_decoder.ts";
import { withoutHalf } from "../without_half.ts";
import { BaseStreamer } from "./base_streamer.ts";

/** A tokenizer whose special tokens are known. */
export interface StreamedTokenizer extends TextDecoder {
  /** The ids of special tokens. */
  readonly all_special_ids?: readonly number[];
  /** Whether `decode()` removes spaces before punctuation unless an option says otherwise. */
  readonly clean_up_tokenization_spaces?: boolean;
}

/** Options of {@linkcode TextStreamer}. */
export interface TextStreamerOptions {
  /** Whether what the row starts with is left out; false if absent. */
  readonly skip_prompt?: boolean;
  /** Called with each piece of text; absent: it is written to the standard output. */
  readonly callback_function?: (text: string) => void;
  /** Called with ids as they come. */
  readonly token_callback_function?: (tokens: bigint[]) => void;
  /** Whether special tokens are left out; true if absent. */
  readonly skip_special_tokens?: boolean;
  /** More options of `tokenizer.decode()`. */
  readonly decode_kwargs?: TextDecoderOptions;
}

const CHECKS: { readonly [Name in keyof Required<TextStreamerOptions>]: OptionCheck } = {
  skip_prompt: FLAG,
  callback_function: CALLBACK,
  token_callback_function: CALLBACK,
  skip_special_tokens: FLAG,
  decode_kwargs: { type: "object", wanted: "options of decode()" },
};

/** Ids of a line that are decoded together, and those that are kept when there are more. */
const [MANY, FEW] = [48, 12];

/** Up to the last space or line end, or the last character of a script without spaces. */
const READY = /^.*(?:\s|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])/su;

/** An end that may lose a space, or two, when ids follow: what begins " .", " ' ", " n ' t", " 've". */
const UNSETTLED = / {1,2}(?:n {1,2})?(?:(?:'[vr]?|n'?) ?)?$/;

/**
 * Gives out the text of one row as soon as words are whole: up to a space, a line at its end, the
 * rest at the end. Half a character never comes out. All pieces together are the row's text.
 *
 * @example
 * ```ts
 * import { TextStreamer } from "@lsg/core/generation";
 * import { assertEquals } from "@std/assert";
 *
 * const words = ["", "The", " ca", "t", " sat"];
 * const tokenizer = { decode: (ids: number[]) => ids.map((id) => words[id]).join("") };
 * const pieces: string[] = [];
 * const streamer = new TextStreamer(tokenizer, { callback_function: (text) => pieces.push(text) });
 * for (const id of [0n, 1n, 2n, 3n, 4n]) streamer.put([[id]]);
 * streamer.end();
 * assertEquals(pieces, ["The ", "cat ", "sat"]);
 * ```
 */
export class TextStreamer extends BaseStreamer {
  readonly #tokenizer: StreamedTokenizer;
  readonly #options: TextStreamerOptions;
  readonly #decodeOptions: TextDecoderOptions;
  readonly #cleansUp: boolean;
  #isPrompt = true;
  /** Ids of the line, after one that came before and was given out. */
  #ids: number[] = [];
  /** Characters of their text that were given out. */
  #given = 0;

  /**
   * Makes a streamer; after the end it can be used again.
   *
   * @param tokenizer Decodes ids.
   * @param options What is given out, and to whom.
   * @throws {TypeError} If an option is unknown or of the wrong type.
   */
  constructor(tokenizer: StreamedTokenizer, options: TextStreamerOptions = {}) {
    super();
    if (typeof tokenizer?.decode !== "function") {
      throw new TypeError(`Cannot stream by ${showValue(tokenizer)}: wanted a tokenizer`);
    }
    this.#tokenizer = tokenizer;
    this.#options = checkOptions<TextStreamerOptions>("Cannot stream text", options, CHECKS);
    const { skip_special_tokens = true, decode_kwargs } = this.#options;
    this.#decodeOptions = { skip_special_tokens, ...decode_kwargs };
    this.#cleansUp = decode_kwargs?.clean_up_tokenization_spaces ??
      tokenizer.clean_up_tokenization_spaces ?? false;
  }

  /**
   * Takes ids.
   *
   * @param value `[1][ids]`.
   * @throws {RangeError} If there are several rows.
   */
  override put(value: bigint[][]): void {
    if (value.length !== 1) {
      throw new RangeError(`Cannot stream the text of ${value.length} rows: wanted 1`);
    }
    const isPrompt = this.#isPrompt;
    this.#isPrompt = false;
    const [tokens] = value;
    if (isPrompt && this.#options.skip_prompt) {
      // What comes before decides whether a text begins with a space.
      this.#keepLast(tokens.map(Number));
      // An end that is settled by what follows would take some of that with it.
      if (this.#settled(this.#text()).length < this.#given) [this.#ids, this.#given] = [[], 0];
      return;
    }
    this.#options.token_callback_function?.(tokens);
    for (const id of tokens) this.#ids.push(Number(id));
    const text = this.#text();
    const last = this.#ids[this.#ids.length - 1];
    const isWhole = isPrompt || (this.#tokenizer.all_special_ids ?? []).includes(last);
    const ready = isWhole ? text : READY.exec(text)?.[0] ?? "";
    this.#give(this.#settled(withoutHalf(ready)), false);
    if (text.endsWith("\n")) this.#keepLast(this.#ids);
    else if (this.#ids.length > MANY) this.#keepEnd(text);
  }

  /** Gives out the rest, half a character as its replacement. */
  override end(): void {
    this.#give(this.#text(), true);
    this.#isPrompt = true;
    this.#ids = [];
    this.#given = 0;
  }

  /**
   * Receives each piece of text; a subclass may override it.
   *
   * @param text The piece; may be empty at the end.
   * @param stream_end Whether it is the last.
   */
  on_finalized_text(text: string, stream_end: boolean): void {
    const { callback_function } = this.#options;
    if (callback_function) {
      if (text !== "") callback_function(text);
    } else write(text + (stream_end ? "\n" : ""));
  }

  #text(): string {
    return this.#ids.length === 0 ? "" : this.#tokenizer.decode(this.#ids, this.#decodeOptions);
  }

  /** A text without an end that what follows may change. */
  #settled(text: string): string {
    return this.#cleansUp ? text.replace(UNSETTLED, "") : text;
  }

  /** Gives out what a text has more than was given out. */
  #give(text: string, isEnd: boolean): void {
    const piece = text.slice(this.#given);
    this.#given = Math.max(this.#given, text.length);
    if (piece !== "" || isEnd) this.on_finalized_text(piece, isEnd);
  }

  /** Leaves out the beginning of a long line, which would be decoded again for each id. */
  #keepEnd(text: string): void {
    const ids = this.#ids.slice(-FEW);
    const end = this.#tokenizer.decode(ids, this.#decodeOptions);
    const waiting = text.length - this.#given;
    // Another time, if they begin or end within a character, or lack some that has not come out.
    if (end.length <= waiting || end.includes("\ufffd") || !text.endsWith(end)) return;
    this.#ids = ids;
    this.#given = end.length - waiting;
  }

  /** Begins a line after the last of some ids. */
  #keepLast(ids: readonly number[]): void {
    this.#ids = ids.slice(-1);
    this.#given = this.#text().length;
  }
}

/** Writes to the standard output; in a page, which has none, to the console. */
function write(text: string): void {
  const { process } = globalThis as { process?: { stdout?: { write?(text: string): void } } };
  if (process?.stdout?.write) process.stdout.write(text);
  else if (text !== "") console.log(text);
}
