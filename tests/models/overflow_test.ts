/** Weights by which a model leaves the range of float32. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  drawParameters,
  MemoryWeights,
  modelParameters,
  parseConfig,
} from "../../checkpoint/mod.ts";
import { CpuBackend } from "../../cpu/mod.ts";
import { EncoderModel, loadParts } from "../../models/mod.ts";
import type { Backend } from "../../ops/backend.ts";
import { Random } from "../../tensor/random.ts";
import { largestMagnitude, modelBound, UNIT } from "../../verify/bounds.ts";
import { testOnBackends } from "../helpers/test_on_backends.ts";

const ACTIVATION_NAMES = ["gelu", "relu", "silu"] as const;
const subjects = ACTIVATION_NAMES.map((name) => ({ name }));

/** A model of one layer whose weights are drawn, times a factor. */
async function makeModel(hidden_act: string, scale: number, device: Backend) {
  const config = parseConfig({
    model_type: "roberta",
    vocab_size: 30,
    hidden_size: 8,
    num_hidden_layers: 1,
    num_attention_heads: 2,
    intermediate_size: 12,
    max_position_embeddings: 140,
    hidden_act,
  });
  const parameters = modelParameters(config, "Model");
  const drawn = drawParameters(parameters, 0.4, new Random(1));
  const scaled = parameters.map(async ({ name, dims }) => {
    const data = (await drawn.load(name)).map((value) => value * scale);
    return [name, { dims, data }] as [string, { dims: readonly number[]; data: Float32Array }];
  });
  const weights = new MemoryWeights(await Promise.all(scaled));
  return new EncoderModel(await loadParts(config, weights, { device }));
}

testOnBackends(
  "outputs of a model that overflows are an error",
  subjects,
  async ({ name }, backend) => {
    for (const scale of [1e10, 1e19, 1e20, 1e30]) {
      const model = await makeModel(name, scale, backend);
      const level = backend.memory();
      await assertRejects(() => model({ input_ids: [[3, 4, 5]] }), RangeError, "Cannot use NaN");
      assertEquals(backend.memory(), level);
      model.dispose();
    }
  },
);

testOnBackends(
  "large and small weights give the reference's outputs",
  subjects,
  async ({ name }, backend) => {
    for (const scale of [1e-12, 1e-3, 1e3, 1e5]) {
      const outputs: Float32Array[] = [];
      for (const device of [new CpuBackend(), backend]) {
        const model = await makeModel(name, scale, device);
        const { pooler_output, last_hidden_state } = await model({ input_ids: [[3, 4, 5]] });
        outputs.push(last_hidden_state.data);
        [pooler_output!, last_hidden_state].forEach((tensor) => tensor.dispose());
        model.dispose();
      }
      const output = largestMagnitude(outputs[0]);
      const bound = modelBound({ layers: 1, width: 12, output }, UNIT);
      outputs[1].forEach((value, i) => {
        assert(Math.abs(value - outputs[0][i]) <= bound, `${scale}: value ${i} is ${value}`);
      });
    }
  },
);
