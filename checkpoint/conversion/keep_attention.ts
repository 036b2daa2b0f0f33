import type { Checkpoint } from "../checkpoint.ts";
import { chooseHead } from "../choose_head.ts";
import { MappedWeights, type WeightReference } from "../mapped_weights.ts";
import { modelParameters } from "../model_parameters.ts";
import { resolveModelWeights } from "../model_weights.ts";
import { savedName } from "../saved_name.ts";

/**
 * A checkpoint as its class saves it: with each tensor once, and without those that the class lacks.
 *
 * @param checkpoint The checkpoint; it is not changed.
 * @param warn Called with warnings.
 * @returns The checkpoint with the same attention; tensors are loaded from the original on demand.
 * @throws {RangeError} If the weights do not match the config.
 */
export function keepAttention(
  { config, weights, specialTokens }: Checkpoint,
  warn: (message: string) => void,
): Checkpoint {
  const head = chooseHead(config, weights, warn);
  const resolved = resolveModelWeights(weights, config, head, warn);
  const references = modelParameters(config, head)
    .filter(({ name }) => resolved.has(name))
    .map((parameter): [string, WeightReference] => [
      savedName(parameter, config, head),
      { weights: resolved, name: parameter.name },
    ]);
  return { config, weights: new MappedWeights(references), specialTokens };
}
