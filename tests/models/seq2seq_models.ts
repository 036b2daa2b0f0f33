import { AutoModelForSeq2SeqLM, type Seq2SeqLM } from "../../generation/mod.ts";
import type { PreTrainedOptions } from "../../models/mod.ts";
import type { Backend, Floats } from "../../ops/backend.ts";
import type { Random } from "../../tensor/random.ts";
import { ACCUMULATION, largestMagnitude, modelBound, storageError } from "../../verify/bounds.ts";
import { assertWithin } from "../helpers/compare.ts";
import { goldenPath } from "./golden_models.ts";

/** An encoder-decoder of each kind: LSG with and without global rows, LED. */
export const SEQ2SEQ: readonly { readonly name: string }[] = [
  { name: "bart_lsg_norm" },
  { name: "pegasus_lsg_cut_g5" },
  { name: "led_windows" },
];

/** Loads a golden encoder-decoder. */
export function loadSeq2Seq(name: string, options?: PreTrainedOptions): Promise<Seq2SeqLM> {
  return AutoModelForSeq2SeqLM.from_pretrained(goldenPath(`seq2seq/${name}`), options);
}

/** Releases a pass's outputs. */
export function disposeAll(outputs: object): void {
  Object.values(outputs).flat().forEach((tensor: Floats) => tensor.dispose());
}

/** A sequence of `count` ids between 3 and 39, none of them special. */
export function drawIds(random: Random, count: number): number[] {
  return Array.from({ length: count }, () => 3 + Math.floor(random.uniform() * 37));
}

/** Asserts that values are the expected ones, but for the rounding of a whole model. */
export function assertModelClose(
  backend: Backend,
  { config }: Seq2SeqLM,
  actual: Float32Array,
  expected: Float32Array,
): void {
  const layers = config.decoder!.num_hidden_layers;
  const bound = modelBound(
    {
      layers: config.num_hidden_layers + layers,
      crossAttentions: layers,
      width: Math.max(config.intermediate_size, config.decoder!.intermediate_size),
      output: largestMagnitude(expected),
    },
    ACCUMULATION[backend.name],
    storageError(backend),
  );
  const output = Float64Array.from(expected);
  assertWithin(actual, { output, bound: output.map(() => bound) });
}
