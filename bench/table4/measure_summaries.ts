/**
 * Script that `bench/table4.ts` runs in a separate process for each encoder and length, so that peak
 * memory is measured separately.
 *
 * Arguments: pattern, globals, tokens, books, passages per book. Prints a {@linkcode Measured} as
 * JSON.
 *
 * @module
 */
import { fromFileUrl } from "@std/path";
import { principalSentences } from "../../demo/principal_sentences.ts";
import { type Rouge, rouge } from "../../cli/rouge.ts";
import { chooseSentences, writeFreely } from "../../demo/write_summary.ts";
import { AutoTokenizer } from "../../tokenizer/mod.ts";
import { readProcessMemory } from "../process_memory.ts";
import { cutDocuments } from "./documents.ts";
import { PATTERNS } from "./patterns.ts";

/** Measurements of a process. */
export interface Measured {
  /** Name of the encoder. */
  readonly pattern: string;
  /** Number of its global tokens. */
  readonly globals: number;
  /** Most tokens of a passage. */
  readonly tokens: number;
  /** Summary of sentences of each passage against its principal sentences. */
  readonly sentences: readonly Rouge[];
  /** Summary that the model writes freely; of passages of up to 4,096 tokens only. */
  readonly free: readonly Rouge[];
  /** Seconds of each summary of sentences. */
  readonly seconds: readonly number[];
  /** Peak memory of the process, including weights and text, in 2²⁰ bytes. */
  readonly megabytes: number;
}

/** The embedded summariser. */
export const MODEL: string = fromFileUrl(new URL("../../demo/summary_model", import.meta.url));

/** Books that the summariser was not trained on. */
export const BOOKS: URL = new URL("../table1/books.txt", import.meta.url);

const BEAMS = 4;

/** Longest passages of which the model also writes freely, which takes as long again. */
const FREE = 4096;

async function main([name, ...numbers]: readonly string[]): Promise<Measured> {
  const [globals, tokens, books, perBook] = numbers.map(Number);
  const pattern = PATTERNS.find((one) => one.name === name && one.globals === globals);
  if (!pattern) throw new RangeError(`Cannot measure ${name} with ${globals} globals: no such row`);
  const tokenizer = await AutoTokenizer.from_pretrained(MODEL);
  const passages = cutDocuments(await Deno.readTextFile(BOOKS), tokenizer, {
    tokens,
    books,
    perBook,
  });
  using model = await pattern.load(MODEL, tokens);
  const sentences: Rouge[] = [];
  const free: Rouge[] = [];
  const seconds: number[] = [];
  for (const passage of passages) {
    const global_attention_mask = [passage.input.map((_, i) => i < globals ? 1 : 0)];
    const inputs = pattern.marksGlobals ? { global_attention_mask } : {};
    const reference = principalSentences(passage.sentences).map((i) => passage.sentences[i])
      .join(" ");
    const chosen = await chooseSentences(model, passage, tokenizer, BEAMS, inputs);
    sentences.push(rouge(chosen.text, reference));
    seconds.push(chosen.seconds);
    if (tokens > FREE) continue;
    const { text } = await writeFreely(model, passage, tokenizer, BEAMS, inputs);
    free.push(rouge(text, reference));
  }
  const { peak } = readProcessMemory();
  return { pattern: name, globals, tokens, sentences, free, seconds, megabytes: peak };
}

if (import.meta.main) console.log(JSON.stringify(await main(Deno.args)));
