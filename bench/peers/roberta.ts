/**
 * RoBERTa-base with random weights, as a checkpoint on disk: loading it is part of what the memory
 * of a process shows.
 *
 * @module
 */
import {
  drawParameters,
  MemorySource,
  modelParameters,
  parseConfig,
  saveCheckpoint,
} from "../../checkpoint/mod.ts";
import { Random } from "../../tensor/random.ts";
import { robertaConfig } from "../roberta_base.ts";

/**
 * Makes a checkpoint unless it is there.
 *
 * @param folder Its folder.
 * @param options The longest text, and whether attention is LSG, norm 128/128/2, or full.
 */
export async function makeRoberta(
  folder: string,
  { tokens, hasLsg }: { readonly tokens: number; readonly hasLsg: boolean },
): Promise<void> {
  try {
    // It is written last: a checkpoint that has it is whole.
    await Deno.stat(`${folder}/config.json`);
  } catch {
    const config = parseConfig(robertaConfig(tokens, hasLsg ? "LSG" : "full"));
    const weights = drawParameters(modelParameters(config, "Model"), 0.02, new Random(0));
    await saveCheckpoint(folder, { config, weights, specialTokens: {} }, new MemorySource({}));
  }
}
