/**
 * The common part of models with a head.
 *
 * @module
 */
import type { Floats } from "../ops/backend.ts";
import { describeHead } from "../checkpoint/describe_head.ts";
import type { Head, ModelConfig } from "../families/families.ts";
import { withAutomaticGlobals } from "./automatic_globals.ts";
import { runHead } from "./head.ts";
import type { ModelInputs, TokenBatch } from "./inputs.ts";
import { type HiddenStates, PreTrainedModel } from "./pretrained_model.ts";

/** Outputs of models whose head returns one tensor. */
export interface LogitsOutput extends HiddenStates {
  /** Scores before any softmax; their shape depends on the model's class. */
  readonly logits: Floats;
}

/**
 * An encoder with a head; each class names its head and its outputs.
 *
 * @example
 * ```ts
 * import { AutoModelForTokenClassification } from "@lsg/core";
 * import { HeadModel } from "@lsg/core/models";
 * import { assertEquals } from "@std/assert";
 *
 * using model = await AutoModelForTokenClassification.from_pretrained("dslim/bert-base-NER");
 * assertEquals([model instanceof HeadModel, model.head], [true, "TokenClassification"]);
 * ```
 */
export abstract class HeadModel<Output extends HiddenStates> extends PreTrainedModel<Output> {
  /** The head that runs. */
  abstract override readonly head: Exclude<Head, "Model">;

  /**
   * Runs encoder and head.
   *
   * @param inputs A batch of token ids, as a tokenizer returns it.
   * @param outputsOf Names the outputs, from the logits: `[batch, tokens, outputs]`, or
   * `[batch, outputs]` of a head that reads the first rows.
   * @returns The outputs, and hidden states if requested.
   */
  protected async run<Outputs extends Readonly<Record<string, Floats>>>(
    inputs: ModelInputs,
    outputsOf: (logits: Floats) => Outputs,
  ): Promise<Outputs & HiddenStates> {
    const batch = withAutomaticGlobals(this.read(inputs), inputs, this.config, this.head);
    const head = describeHead(this.config, this.head);
    if (head.rows === "pooled") {
      const { pooledHead } = await import("./pooled_head.ts");
      const { rows, run } = pooledHead(this.parts, head, batch);
      return await this.encode(batch, inputs, (x) => outputsOf(run(x)), rows);
    }
    const rows = head.rows === "first"
      ? [[0]]
      : head.rows === "last_eos"
      ? lastEnds(batch, this.config)
      : undefined;
    return await this.encode(batch, inputs, (x) => outputsOf(runHead(this.parts, head, x)), rows);
  }
}

/** The index of each sequence's last end token. */
function lastEnds({ batch, tokens, ids }: TokenBatch, config: ModelConfig): number[][] {
  return Array.from({ length: batch }, (_, b) => {
    const row = ids.subarray(b * tokens, (b + 1) * tokens);
    const last = row.lastIndexOf(config.eos_token_id ?? -1);
    if (last >= 0) return [last];
    throw new RangeError(
      `Cannot classify sequence ${b}: it has no eos_token_id (${config.eos_token_id}), whose row ` +
        "the head reads",
    );
  });
}

/**
 * An encoder with a head whose output is the logits as they are.
 *
 * @example
 * ```ts
 * import { AutoModelForSequenceClassification } from "@lsg/core";
 * import type { LogitsModel } from "@lsg/core/models";
 * import { assertEquals } from "@std/assert";
 *
 * // Shape of the scores of a model of sequences or of tokens.
 * async function shapeOf(model: LogitsModel, input_ids: number[][]): Promise<readonly number[]> {
 *   return (await model({ input_ids })).logits.dims;
 * }
 * using model = await AutoModelForSequenceClassification.from_pretrained(
 *   "distilbert/distilbert-base-uncased-finetuned-sst-2-english",
 * );
 * assertEquals(await shapeOf(model, [[2, 5, 6, 3]]), [1, model.config.id2label.length]);
 * ```
 */
export abstract class LogitsModel extends HeadModel<LogitsOutput> {
  /**
   * Runs the model on a batch.
   *
   * @param inputs A batch of token ids, as a tokenizer returns it.
   * @returns Logits, in the shape that the class documents.
   * @throws {TypeError} If the inputs are not such a batch.
   * @throws {RangeError} If an id has no row in its table or the batch is too long.
   */
  override forward(inputs: ModelInputs): Promise<LogitsOutput> {
    return this.run(inputs, (logits) => ({ logits }));
  }
}
