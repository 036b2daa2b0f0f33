/**
 * An encoder without a head.
 *
 * @module
 */
import type { Floats } from "../backend.ts";
import { FAMILIES } from "../checkpoint/families.ts";
import { runHeadOnFirstRow } from "./head.ts";
import type { ModelInputs } from "./inputs.ts";
import { PreTrainedModel } from "./pretrained_model.ts";

/** Outputs of the encoder without a head. */
export interface BaseModelOutput {
  /** `[batch, tokens, width]`. */
  readonly last_hidden_state: Floats;
  /** `[batch, width]`: the first row through the pooler, where the checkpoint has one. */
  readonly pooler_output?: Floats;
  /** `[batch, tokens, width]` of the embedding and of each layer, if asked for. */
  readonly hidden_states?: readonly Floats[];
}

/** An encoder without a head. */
export class EncoderModel extends PreTrainedModel<BaseModelOutput> {
  /**
   * Runs the encoder.
   *
   * @param inputs A batch of token ids, as a tokenizer gives it.
   * @returns The last layer's output, and the pooler's where the checkpoint has one.
   * @throws {TypeError} If the inputs are no such batch.
   * @throws {RangeError} If an id has no row in its table or the batch is too long.
   */
  override async forward(inputs: ModelInputs): Promise<BaseModelOutput> {
    const { parameters, encoder, config } = this.parts;
    const { lastHiddenState, hiddenStates } = await encoder.forward(this.read(inputs), inputs);
    const { pooler } = FAMILIES[config.model_type];
    return {
      last_hidden_state: lastHiddenState,
      ...(pooler && parameters.has(`${pooler.name}.weight`) && {
        pooler_output: runHeadOnFirstRow(this.parts, { layers: [pooler] }, lastHiddenState),
      }),
      ...(inputs.output_hidden_states && { hidden_states: hiddenStates }),
    };
  }
}
