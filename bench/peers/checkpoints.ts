/**
 * Checkpoints with random weights on disk, so that peak memory includes loading.
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
import { makeModernBertConfig } from "../modernbert_base.ts";
import { makeRobertaConfig } from "../roberta_base.ts";
import { SMOL_LM } from "../smol_lm.ts";
import type { RobertaCheckpoint } from "./subjects.ts";

/**
 * Creates a checkpoint unless it exists.
 *
 * @param folder Folder of the checkpoint.
 * @param checkpoint Length of the longest text, whether attention is LSG (norm 128/128/2) or full, and
 * the data type of matrices.
 */
export function makeRoberta(
  folder: string,
  { tokens, hasLsg, dtype }: RobertaCheckpoint,
): Promise<void> {
  return make(folder, makeRobertaConfig(tokens, hasLsg ? "LSG" : "full"), "Model", dtype);
}

/**
 * Creates a checkpoint of ModernBERT-base unless it exists.
 *
 * @param folder Folder of the checkpoint.
 */
export function makeModernBert(folder: string): Promise<void> {
  return make(folder, makeModernBertConfig(), "Model", "fp32");
}

/**
 * Creates a checkpoint of a Llama of SmolLM-135M's shape unless it exists.
 *
 * @param folder Folder of the checkpoint.
 * @param dtype The data type of matrices.
 */
export function makeDecoder(folder: string, dtype: "fp32" | "q8"): Promise<void> {
  return make(folder, SMOL_LM, "CausalLM", dtype);
}

async function make(
  folder: string,
  keys: Readonly<Record<string, unknown>>,
  head: "Model" | "CausalLM",
  dtype: "fp32" | "q8",
): Promise<void> {
  try {
    // The config is written last, so a checkpoint with a config is complete.
    await Deno.stat(`${folder}/config.json`);
  } catch {
    const config = parseConfig(keys);
    const weights = drawParameters(modelParameters(config, head), 0.02, new Random(0));
    const checkpoint = { config, weights, specialTokens: {} };
    await saveCheckpoint(folder, checkpoint, new MemorySource({}), { dtype });
  }
}
