/**
 * An encoder without a head.
 *
 * @module
 */
import type { Floats } from "../ops/backend.ts";
import { checkRows } from "./check_rows.ts";
import type { TokenRows } from "./pass.ts";
import { runHead } from "./head.ts";
import type { ModelInputs } from "./inputs.ts";
import { type HiddenStates, PreTrainedModel } from "./pretrained_model.ts";

/** Outputs of the encoder without a head. */
export interface BaseModelOutput extends HiddenStates {
  /** `[batch, tokens, width]`; rows of padding are zeros, or what the layers make of its ids. */
  readonly last_hidden_state: Floats;
  /** `[batch, width]`: the first row through the pooler, where the checkpoint has one. */
  readonly pooler_output?: Floats;
}

/**
 * An encoder without a head.
 *
 * @example
 * ```ts
 * import { BertModel, type EncoderModel } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * // The first token's row of each text.
 * async function embed(model: EncoderModel, input_ids: number[][]): Promise<number[][]> {
 *   const { last_hidden_state } = await model({ input_ids });
 *   return last_hidden_state.slice(null, 0).tolist();
 * }
 * using model = await BertModel.from_pretrained("google-bert/bert-base-uncased");
 * const rows = await embed(model, [[2, 5, 6, 3], [2, 7, 8, 3]]);
 * assertEquals([rows.length, rows[0].length], [2, model.config.hidden_size]);
 * ```
 */
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

  /**
   * Runs the encoder, whose last layer computes some rows only: a tenth less work with 12 layers.
   *
   * @param inputs A batch of token ids, as a tokenizer returns it.
   * @param rows `[batch, rows]`: the tokens whose rows are wanted; −1 is padding.
   * @returns `[batch, rows, width]`: these rows of `last_hidden_state`.
   * @throws {TypeError} If the inputs are not such a batch, ask for hidden states, or the rows are
   * not arrays or differ in number.
   * @throws {RangeError} If there is no such row, an id has no row in its table or the batch is too
   * long.
   *
   * @example The first token's row, as sentence embeddings with `cls` pooling use it
   * ```ts
   * import { AutoModel } from "@lsg/core";
   *
   * using model = await AutoModel.from_pretrained("ccdv/lsg-base-4096");
   * const rows = await model.rowsAt({ input_ids: [[0, 40, 2], [0, 50, 2]] }, [[0], [0]]);
   * console.log(rows.dims); // [2, 1, 768]
   * ```
   */
  async rowsAt(
    inputs: Omit<ModelInputs, "output_hidden_states">,
    rows: TokenRows,
  ): Promise<Floats> {
    const batch = this.read(inputs);
    if ((inputs as ModelInputs).output_hidden_states) {
      throw new TypeError("Cannot give hidden states with rowsAt(): wanted forward()");
    }
    checkRows("encode", rows, this.readLast(batch, inputs));
    const { last_hidden_state, encoder_last_hidden_state } = await this.encode(
      batch,
      inputs,
      (last_hidden_state) => ({ last_hidden_state }),
      rows,
    );
    encoder_last_hidden_state?.dispose();
    return last_hidden_state;
  }
}
