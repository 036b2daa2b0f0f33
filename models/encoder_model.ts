/**
 * An encoder without a head.
 *
 * @module
 */
import type { Floats } from "../ops/backend.ts";
import { runHead } from "./head.ts";
import type { ModelInputs } from "./inputs.ts";
import { type HiddenStates, PreTrainedModel } from "./pretrained_model.ts";

/** Outputs of the encoder without a head. */
export interface BaseModelOutput extends HiddenStates {
  /** `[batch, tokens, width]`. */
  readonly last_hidden_state: Floats;
  /** `[batch, width]`: the first row through the pooler, where the checkpoint has one. */
  readonly pooler_output?: Floats;
}

/** An encoder without a head. */
export class EncoderModel extends PreTrainedModel<BaseModelOutput> {
  /** No head. */
  override readonly head = "Model" as const;

  /**
   * Runs the encoder.
   *
   * @param inputs A batch of token ids, as a tokenizer returns it.
   * @returns The last layer's output, and the pooler's where the checkpoint has one.
   * @throws {TypeError} If the inputs are not such a batch.
   * @throws {RangeError} If an id has no row in its table or the batch is too long.
   */
  override async forward(inputs: ModelInputs): Promise<BaseModelOutput> {
    const { backend, parameters, family: { pooler } } = this.parts;
    const batch = this.read(inputs);
    return await this.encode(batch, inputs, (last_hidden_state) => ({
      last_hidden_state,
      ...(pooler && parameters.has(`${pooler.name}.weight`) && {
        pooler_output: runHead(
          this.parts,
          { rows: "first", layers: [pooler] },
          backend.gatherRows(last_hidden_state, backend.integers(new Int32Array(1), [1, 1])),
        ),
      }),
    }));
  }
}
