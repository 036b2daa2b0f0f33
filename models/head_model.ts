/**
 * What models with a head share.
 *
 * @module
 */
import type { Floats } from "../backend.ts";
import { describeHead } from "../checkpoint/describe_head.ts";
import type { Head } from "../checkpoint/families.ts";
import { withAutomaticGlobals } from "./automatic_globals.ts";
import { runHead, runHeadOnFirstRow } from "./head.ts";
import type { ModelInputs } from "./inputs.ts";
import { PreTrainedModel } from "./pretrained_model.ts";

/** What every model gives if it is asked for. */
export interface HiddenStates {
  /** `[batch, tokens, width]` of the embedding and of each layer, if asked for. */
  readonly hidden_states?: readonly Floats[];
}

/** Outputs of models whose head gives one tensor. */
export interface LogitsOutput extends HiddenStates {
  /** Scores before any softmax; the model's class tells their shape. */
  readonly logits: Floats;
}

/** An encoder with a head; each class says which one, and what its rows become. */
export abstract class HeadModel<Output extends HiddenStates> extends PreTrainedModel<Output> {
  /** The head that runs. */
  protected abstract readonly head: Exclude<Head, "Model">;

  /**
   * Runs encoder and head.
   *
   * @param inputs A batch of token ids, as a tokenizer gives it.
   * @returns `[batch, tokens, outputs]`, or `[batch, outputs]` of a head that reads the first rows.
   */
  protected async run(inputs: ModelInputs): Promise<LogitsOutput> {
    const batch = withAutomaticGlobals(this.read(inputs), inputs, this.config, this.head);
    const { lastHiddenState, hiddenStates } = await this.parts.encoder.forward(batch, inputs);
    const head = describeHead(this.config, this.head);
    const run = head.rows === "first" ? runHeadOnFirstRow : runHead;
    const logits = run(this.parts, head, lastHiddenState);
    lastHiddenState.dispose();
    return { logits, ...(inputs.output_hidden_states && { hidden_states: hiddenStates }) };
  }
}
