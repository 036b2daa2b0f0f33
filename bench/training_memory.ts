/**
 * The memory of training RoBERTa-base, planned: nothing is computed.
 *
 * @module
 */
import { modelParameters, parseConfig } from "../checkpoint/mod.ts";
import { loadParts, SequenceClassification } from "../models/mod.ts";
import { MeasuringBackend } from "../training/measuring_backend.ts";
import { type Checkpointing, selectTrainable } from "../training/mod.ts";
import { type TrainingMemory, trainingMemory } from "../training/training_memory.ts";
import { makeRobertaConfig } from "./roberta_base.ts";

/** A way to train. */
export interface PlannedTraining {
  /** Which parameters. */
  readonly trainable: "all" | "globals" | "head";
  /** Whether layers run again on the way back. */
  readonly checkpoint: Checkpointing;
  /** Bytes. */
  readonly memory: TrainingMemory;
}

/**
 * Plans trainings of one sequence a pass, AdamW, dropout as in the config.
 *
 * @param tokens Its length.
 * @returns A plan for each choice of parameters, without and with checkpoints.
 */
export async function planRoberta(tokens: number): Promise<PlannedTraining[]> {
  const config = parseConfig({ ...makeRobertaConfig(tokens, "LSG"), num_labels: 2 });
  const dims = new Map(
    modelParameters(config, "SequenceClassification").map(({ name, dims }) => [name, dims]),
  );
  const backend = new MeasuringBackend({ name: "wasm", dtype: "fp32" });
  const weights = {
    names: () => [...dims.keys()],
    has: (name: string) => dims.has(name),
    dims: (name: string) => dims.get(name)!,
    load: (name: string) =>
      Promise.resolve(new Float32Array(dims.get(name)!.reduce((a, b) => a * b, 1))),
  };
  using model = new SequenceClassification(await loadParts(config, weights, { device: backend }));
  const planned: PlannedTraining[] = [];
  for (const trainable of ["all", "globals", "head"] as const) {
    const trained = selectTrainable(model, trainable).map(([, tensor]) => tensor);
    for (const checkpoint of [false, true, "attention"] as const) {
      const memory = await trainingMemory(model, trained, { batch: 1, tokens, checkpoint });
      planned.push({ trainable, checkpoint, memory });
    }
  }
  return planned;
}
