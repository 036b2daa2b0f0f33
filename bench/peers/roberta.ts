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
import { Random } from "../../random.ts";

/**
 * Ids of a text, all of them words.
 *
 * @param tokens How many.
 * @returns The ids.
 */
export function drawIds(tokens: number): number[] {
  return Array.from({ length: tokens }, (_, i) => 5 + i * 7919 % 50_000);
}

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
    const config = parseConfig({
      model_type: "roberta",
      max_position_embeddings: tokens + 2,
      ...(hasLsg && { base_model_prefix: "lsg" }),
    });
    const weights = drawParameters(modelParameters(config, "Model"), 0.02, new Random(0));
    await saveCheckpoint(folder, { config, weights, specialTokens: {} }, new MemorySource({}));
  }
}
