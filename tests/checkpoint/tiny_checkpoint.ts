import { parseConfig } from "../../checkpoint/parse_config.ts";
import type { ModelConfig } from "../../families/model_config.ts";
import { drawParameters } from "../../checkpoint/conversion/draw_parameters.ts";
import type { Head } from "../../families/families.ts";
import { modelParameters } from "../../checkpoint/model_parameters.ts";
import { MemoryWeights } from "../../checkpoint/memory_weights.ts";
import { Random } from "../../tensor/random.ts";

/** Config of a RoBERTa small enough to create in each test. */
export const TINY_CONFIG = {
  model_type: "roberta",
  vocab_size: 20,
  hidden_size: 4,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  intermediate_size: 6,
  max_position_embeddings: 514,
  type_vocab_size: 1,
};

/** Parses the tiny config, with overrides. */
export function tinyConfig(overrides: Record<string, unknown> = {}): ModelConfig {
  return parseConfig(TINY_CONFIG, overrides);
}

/** Draws random weights, named as in a file saved with this head. */
export async function tinyWeights(config: ModelConfig, head: Head): Promise<MemoryWeights> {
  const parameters = modelParameters(config, head);
  const bare = drawParameters(parameters, 1, new Random(3));
  return new MemoryWeights(
    await Promise.all(
      parameters.map(async ({ name, dims, head: inHead }) =>
        [head === "Model" || inHead ? name : `roberta.${name}`, {
          dims,
          data: await bare.load(name),
        }] as const
      ),
    ).then((entries) => entries.map(([name, tensor]) => [name, tensor])),
  );
}

/** Copies weights with some tensors removed, renamed or added. */
export async function editWeights(
  weights: MemoryWeights,
  rename: (name: string) => string | undefined,
  added: [string, { dims: number[]; data: Float32Array }][] = [],
): Promise<MemoryWeights> {
  const kept = await Promise.all(
    weights.names().map(async (name) => {
      const newName = rename(name);
      return newName === undefined ? [] : [
        [newName, { dims: weights.dims(name), data: await weights.load(name) }] as [
          string,
          { dims: readonly number[]; data: Float32Array },
        ],
      ];
    }),
  );
  return new MemoryWeights([...kept.flat(), ...added]);
}
