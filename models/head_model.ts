/**
 * What models with a head share.
 *
 * @module
 */
import type { Floats } from "../ops/backend.ts";
import { describeHead } from "../checkpoint/describe_head.ts";
import type { Head } from "../families/families.ts";
import { withAutomaticGlobals } from "./automatic_globals.ts";
import { runHead, runHeadOnFirstRow } from "./head.ts";
import type { ModelInputs } from "./inputs.ts";
import { type HiddenStates, PreTrainedModel } from "./pretrained_model.ts";

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
   * @param outputsOf Names the outputs, from the logits: `[batch, tokens, outputs]`, or
   * `[batch, outputs]` of a head that reads the first rows.
   * @returns The outputs, and hidden states if asked for.
   */
  protected async run<Outputs extends Readonly<Record<string, Floats>>>(
    inputs: ModelInputs,
    outputsOf: (logits: Floats) => Outputs,
  ): Promise<Outputs & HiddenStates> {
    const batch = withAutomaticGlobals(this.read(inputs), inputs, this.config, this.head);
    const head = describeHead(this.config, this.head);
    const run = head.rows === "first" ? runHeadOnFirstRow : runHead;
    return await this.encode(batch, inputs, (x) => outputsOf(run(this.parts, head, x)));
  }
}
