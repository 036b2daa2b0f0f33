/**
 * Script that `bench/table1.ts` runs in a separate process for each pattern and length, so that peak
 * memory is measured separately.
 *
 * Arguments: pattern, length, passages, chunks per passage. Prints a {@linkcode Measured} as JSON.
 *
 * @module
 */
import { fromFileUrl } from "@std/path";
import { AutoModelForMaskedLM } from "../../models/mod.ts";
import { AutoTokenizer } from "../../tokenizer/mod.ts";
import { findByName } from "../find_by_name.ts";
import { ABLATIONS, TABLE_1 } from "../patterns.ts";
import { readProcessMemory } from "../process_memory.ts";
import { cutPassages, cutWindows } from "./passages.ts";
import { type Score, score } from "./score.ts";

/** Measurements of a process. */
export interface Measured {
  /** Name of the pattern. */
  readonly pattern: string;
  /** Tokens per window. */
  readonly length: number;
  /** One score per passage. */
  readonly scores: readonly Score[];
  /** Peak memory of the process, including weights and text, in 2²⁰ bytes. */
  readonly megabytes: number;
}

const MODEL = fromFileUrl(new URL("../../demo/model", import.meta.url));

async function main([pattern, ...numbers]: readonly string[]): Promise<Measured> {
  const [length, count, chunks] = numbers.map(Number);
  const tokenizer = await AutoTokenizer.from_pretrained(MODEL);
  const text = await Deno.readTextFile(new URL("./books.txt", import.meta.url));
  const passages = cutPassages(text, tokenizer, count, chunks);
  const { options } = findByName([...TABLE_1, ...ABLATIONS], pattern);
  const model = await AutoModelForMaskedLM.from_pretrained(MODEL, {
    ...options(length),
    device: "wasm",
  });
  const scores: Score[] = [];
  for (const passage of passages) {
    scores.push(await score(model, cutWindows(passage, length, tokenizer)));
  }
  model.dispose();
  return { pattern, length, scores, megabytes: readProcessMemory().peak };
}

if (import.meta.main) console.log(JSON.stringify(await main(Deno.args)));
