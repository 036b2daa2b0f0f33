/**
 * Checkpoint of a Llama of SmolLM-135M's shape on disk.
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
import { SMOL_LM } from "../smol_lm.ts";

/**
 * Creates a checkpoint unless it exists.
 *
 * @param folder Folder of the checkpoint.
 * @param dtype The data type of matrices.
 */
export async function makeDecoder(folder: string, dtype: "fp32" | "q8"): Promise<void> {
  try {
    // The config is written last, so a checkpoint with a config is complete.
    await Deno.stat(`${folder}/config.json`);
  } catch {
    const config = parseConfig(SMOL_LM);
    const weights = drawParameters(modelParameters(config, "CausalLM"), 0.02, new Random(0));
    const checkpoint = { config, weights, specialTokens: {} };
    await saveCheckpoint(folder, checkpoint, new MemorySource({}), { dtype });
  }
}
