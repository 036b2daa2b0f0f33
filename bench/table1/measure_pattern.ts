/**
 * What `bench/table1.ts` starts for each pattern and length: the embedded model in a process of its
 * own, so that the peak of its memory is its own too.
 *
 * Arguments: pattern, length, passages, chunks of a passage. Prints a {@linkcode Measured} as JSON.
 *
 * @module
 */
import { fromFileUrl } from "@std/path";
import { AutoModelForMaskedLM } from "../../models/mod.ts";
import { AutoTokenizer } from "../../tokenizer/mod.ts";
import { named } from "../named.ts";
import { EXPLAINING, TABLE_1 } from "../patterns.ts";
import { processMemory } from "../process_memory.ts";
import { cutPassages, cutWindows } from "./passages.ts";
import { type Score, score } from "./score.ts";

/** What a process measured. */
export interface Measured {
  /** The pattern's name. */
  readonly pattern: string;
  /** Tokens of a window. */
  readonly length: number;
  /** One a passage. */
  readonly scores: readonly Score[];
  /** The process's largest memory, weights and text included, in 2²⁰ bytes. */
  readonly megabytes: number;
}

const MODEL = fromFileUrl(new URL("../../demo/model", import.meta.url));

async function main([pattern, ...numbers]: readonly string[]): Promise<Measured> {
  const [length, count, chunks] = numbers.map(Number);
  const tokenizer = await AutoTokenizer.from_pretrained(MODEL);
  const text = await Deno.readTextFile(new URL("./books.txt", import.meta.url));
  const passages = cutPassages(text, tokenizer, count, chunks);
  const { options } = named([...TABLE_1, ...EXPLAINING], pattern);
  const model = await AutoModelForMaskedLM.from_pretrained(MODEL, {
    ...options(length),
    device: "wasm",
  });
  const scores: Score[] = [];
  for (const passage of passages) {
    scores.push(await score(model, cutWindows(passage, length, tokenizer)));
  }
  model.dispose();
  return { pattern, length, scores, megabytes: processMemory().peak };
}

if (import.meta.main) console.log(JSON.stringify(await main(Deno.args)));
