/** Golden models on a tape, with the inputs of their golden gradients. */
import { AutoModelForMaskedLM } from "../../models/mod.ts";
import type { Backend } from "../../ops/backend.ts";
import { crossEntropy } from "../../training/losses.ts";
import { Tape } from "../../training/tape.ts";
import { type GoldenCase, GoldenFile } from "../../verify/golden_file.ts";
import { goldenPath } from "../models/golden_models.ts";
import { goldenFolder } from "../verify/golden_folder.ts";
import { Float64Backend, valuesOf } from "./float64_backend.ts";

/** The golden gradients of a model. */
export async function openGolden(name: string): Promise<[GoldenFile, GoldenCase]> {
  const file = await GoldenFile.open(goldenFolder("training"), `${name}.safetensors`);
  return [file, file.cases[0]];
}

/** Ids, masks and labels of two sequences, row by row. */
export interface TrainedInputs {
  readonly input_ids: number[][];
  readonly attention_mask: number[][];
  readonly labels: number[][];
  readonly token_type_ids?: number[][];
  readonly global_attention_mask?: number[][];
}

/** What differs from the golden run. */
export interface GradientOptions {
  /** Which parameters are trained; absent: all. */
  readonly isTrained?: (name: string) => boolean;
  /** Changes the inputs; absent: none. */
  readonly change?: (inputs: TrainedInputs) => TrainedInputs;
}

/** What a pass forward and back computes. */
export interface ModelGradients {
  readonly loss: number;
  readonly gradients: Map<string, Float32Array>;
  /** Tensors that it left on the backend. */
  readonly left: number;
}

/** Reads the inputs of a model's golden gradients. */
async function readInputs(file: GoldenFile, golden: GoldenCase): Promise<TrainedInputs> {
  const names = [
    "input_ids",
    "attention_mask",
    "labels",
    "token_type_ids",
    "global_attention_mask",
  ];
  const read = names.filter((name) => file.has(golden, name))
    .map(async (name) => [name, batchOf((await file.integers(golden, name))!)]);
  return Object.fromEntries(await Promise.all(read));
}

/** Runs a model on a tape and goes back from its loss. */
export async function gradientsOn(
  backend: Backend,
  name: string,
  { isTrained = () => true, change = (inputs) => inputs }: GradientOptions = {},
): Promise<ModelGradients> {
  const [file, golden] = await openGolden(name);
  const tape = new Tape(backend);
  const model = await AutoModelForMaskedLM.from_pretrained(goldenPath(`models/${name}`), {
    device: tape,
    lsh_projections: await projectionsOf(file, golden),
  });
  const names = new Map([...model.parameters.entries()].map(([name, tensor]) => [tensor, name]));
  for (const [tensor, name] of names) if (isTrained(name)) tape.train(tensor);
  const before = backend.memory().tensors;

  const { labels, ...inputs } = change(await readInputs(file, golden));
  const { logits } = await model(inputs);
  const { loss, gradient } = crossEntropy(logits.data, Int32Array.from(labels.flat()));
  const seed = backend.floats(new Float32Array(gradient), logits.dims);
  if (backend instanceof Float64Backend) valuesOf(seed).set(gradient);
  await tape.backward([logits, seed]);
  [logits, seed].forEach((tensor) => tensor.dispose());
  const gradients = new Map<string, Float32Array>();
  for (const [tensor, sum] of tape.gradients) {
    gradients.set(names.get(tensor)!, (await sum.getData()).slice());
  }
  const left = backend.memory().tensors - before - gradients.size;
  tape.dispose();
  model.dispose();
  return { loss, gradients, left };
}

/** The projections that the package drew, by layer and round; undefined where it drew none. */
async function projectionsOf(file: GoldenFile, golden: GoldenCase) {
  const layers: Float32Array[][] = [];
  for (const name of file.tensors(golden).filter((name) => name.startsWith("projection_")).sort()) {
    const layer = Number(name.split("_")[1]);
    (layers[layer] ??= []).push((await file.floats(golden, name)).data);
  }
  return layers.length > 0 ? layers : undefined;
}

/** Two sequences. */
function batchOf(values: Int32Array): number[][] {
  const tokens = values.length / 2;
  return [0, 1].map((b) => [...values.subarray(b * tokens, (b + 1) * tokens)]);
}
