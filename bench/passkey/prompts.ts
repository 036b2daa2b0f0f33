/**
 * Prompts of passkey retrieval: a key in a long text, and a question for it.
 *
 * The text is LongLM's (github.com/datamllab/LongLM, Jin et al., 2024).
 *
 * @module
 */
import { Random } from "../../tensor/random.ts";
import type { PreTrainedTokenizer } from "../../tokenizer/mod.ts";

const TASK = "There is an important info hidden inside a lot of irrelevant text. Find it and " +
  "memorize it. I will quiz you about the important information there.";
const FILLER =
  "The grass is green. The sky is blue. The sun is yellow. Here we go. There and back again.";
const QUESTION = "What is the pass key? The pass key is ";

/** A prompt and its answer. */
export interface Prompt {
  /** Ids of the text. */
  readonly ids: readonly number[];
  /** The digits that should follow. */
  readonly key: string;
  /** Index of the depth at which they are, 0 at the start of the text. */
  readonly depth: number;
}

/** The prompts of a length. */
export interface PromptChoice {
  /** Most tokens of a prompt with its answer. */
  readonly tokens: number;
  /** Number of depths, evenly spread from the first line to the last. */
  readonly depths: number;
  /** Prompts of each depth, with different keys. */
  readonly samples: number;
  /** Digits of a key; 5 if absent. */
  readonly digits?: number;
  /** Seed of the keys; 0 if absent. */
  readonly seed?: number;
}

/**
 * Writes a prompt.
 *
 * @param key The digits.
 * @param before Lines of filler before the key.
 * @param after Lines of filler after it.
 * @returns The text, up to the answer.
 */
export function passkeyText(key: string, before: number, after: number): string {
  const needle = `The pass key is ${key}. Remember it. ${key} is the pass key.`;
  const filler = (lines: number) => Array.from({ length: lines }, () => FILLER);
  return [TASK, ...filler(before), needle, ...filler(after), QUESTION].join("\n");
}

/**
 * Makes the prompts of a length, with as much filler as fits.
 *
 * @param tokenizer The model's tokenizer.
 * @param choice Length, depths, samples.
 * @returns `depths · samples` prompts, depth by depth.
 * @throws {RangeError} If the text does not even fit without filler.
 */
export function makePrompts(tokenizer: PreTrainedTokenizer, choice: PromptChoice): Prompt[] {
  const { tokens, depths, samples, digits = 5, seed = 0 } = choice;
  const random = new Random(seed);
  const lines = linesThatFit(tokenizer, tokens, digits);
  return Array.from({ length: depths * samples }, (_, i) => {
    const depth = Math.floor(i / samples);
    const before = depths === 1 ? 0 : Math.round(lines * depth / (depths - 1));
    const key = Array.from({ length: digits }, () => Math.floor(10 * random.uniform())).join("");
    return { ids: encode(tokenizer, passkeyText(key, before, lines - before)), key, depth };
  });
}

function linesThatFit(tokenizer: PreTrainedTokenizer, tokens: number, digits: number): number {
  const size = (lines: number) => {
    const key = "7".repeat(digits);
    return encode(tokenizer, passkeyText(key, 0, lines) + key).length;
  };
  const [least, one] = [size(0), size(1)];
  const lines = Math.floor((tokens - least) / (one - least));
  if (lines >= 0) return lines;
  throw new RangeError(`Cannot hide a key in ${tokens} tokens: wanted at least ${least}`);
}

/** Ids of a text, with the special tokens that the tokenizer puts around it. */
function encode(tokenizer: PreTrainedTokenizer, text: string): number[] {
  return (tokenizer(text).input_ids.tolist() as bigint[][])[0].map(Number);
}
