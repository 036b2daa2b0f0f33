/**
 * Encoders of the summariser to compare.
 *
 * @module
 */
import { FolderSource } from "../../checkpoint/mod.ts";
import { AutoModelForSeq2SeqLM } from "../../generation/mod.ts";
import { asLed } from "./as_led.ts";

/** A way to read a long text. */
export interface ReadingPattern {
  /** Name for tables. */
  readonly name: string;
  /** Number of global tokens; 0 if the attention has none. */
  readonly globals: number;
  /** Loads the model for a number of tokens. */
  readonly load: (
    folder: string,
    max_sequence_length: number,
  ) => ReturnType<typeof AutoModelForSeq2SeqLM.from_pretrained>;
  /** Whether the first `globals` tokens of the text are global, instead of additional ones. */
  readonly marksGlobals?: boolean;
}

/** Tokens that a token of LED sees, besides its own and the global ones. */
const LED_WINDOW = 512;

/** Rows of the table at each length. */
export const PATTERNS: readonly ReadingPattern[] = [
  ...[1, 64].map((globals): ReadingPattern => ({
    name: "LSG 128/128",
    globals,
    load: (folder, max_sequence_length) =>
      AutoModelForSeq2SeqLM.from_pretrained(folder, {
        lsg: { max_sequence_length, num_global_tokens: globals },
        device: "wasm",
      }),
  })),
  ...[1, 64].map((globals): ReadingPattern => ({
    name: `LED, window ${LED_WINDOW}`,
    globals,
    load: async (folder, tokens) => {
      const source = await asLed(new FolderSource(folder), tokens, LED_WINDOW);
      return AutoModelForSeq2SeqLM.from_pretrained(source, { device: "wasm" });
    },
    marksGlobals: true,
  })),
  {
    name: "full, stretched",
    globals: 0,
    load: (folder, max_sequence_length) =>
      AutoModelForSeq2SeqLM.from_pretrained(folder, {
        attention: { type: "full", max_sequence_length },
        device: "wasm",
      }),
  },
];
