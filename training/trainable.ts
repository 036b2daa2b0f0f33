/**
 * Which parameters of a model are trained.
 *
 * @module
 */
import { showNames, showValue } from "../base/show_value.ts";
import { familyOf } from "../families/known_families.ts";
import type { PreTrainedModel } from "../models/pretrained_model.ts";
import type { Floats } from "../ops/backend.ts";

/**
 * The parameters that are trained: all; `globals`, the global embeddings of LSG and the head, as in
 * the recipe of the published model card; the head; or those whose names match.
 * Of a model with an adapter they are among the adapter's.
 */
export type Trainable = "all" | "globals" | "head" | RegExp | ((name: string) => boolean);

/** How many names a message lists. */
const EXAMPLES = 4;

/**
 * Selects the parameters of a model that are trained. The head's are those of all its layers: with
 * the pooler if it reads it, without a word table that is tied to the embedding.
 *
 * @param model The model.
 * @param trainable Which parameters.
 * @returns The parameters with the names that they have in transformers, in the model's order.
 * @throws {TypeError} If `trainable` is none of these, or a function returns no boolean.
 * @throws {RangeError} If nothing is selected, or the global tokens of a model that has none.
 *
 * @example
 * ```ts
 * import { AutoModelForSequenceClassification } from "@lsg/core";
 * import { selectTrainable } from "@lsg/core/training";
 * import { assertEquals } from "@std/assert";
 *
 * using model = await AutoModelForSequenceClassification.from_pretrained(
 *   "google-bert/bert-base-uncased",
 *   { num_labels: 2 }, // warns that the head is drawn
 * );
 * assertEquals(selectTrainable(model, "head").map(([name]) => name), [
 *   "bert.pooler.dense.weight",
 *   "bert.pooler.dense.bias",
 *   "classifier.weight",
 *   "classifier.bias",
 * ]);
 * assertEquals(selectTrainable(model, /^classifier/).length, 2);
 * ```
 */
export function selectTrainable<Output>(
  model: PreTrainedModel<Output>,
  trainable: Trainable,
): [name: string, tensor: Floats][] {
  const all = model.named_parameters();
  const selected = select(model, all, trainable);
  if (selected.length > 0) return selected;
  const names = all.map(([name]) => name);
  const step = Math.max(1, Math.floor(names.length / EXAMPLES));
  const examples = names.filter((_, i) => i % step === 0).slice(0, EXAMPLES);
  const text = trainable instanceof RegExp ? String(trainable) : showValue(trainable);
  throw new RangeError(
    `Cannot train ${text}: it selects none of ${names.length} parameters, such as ` +
      showNames(examples),
  );
}

function select<Output>(
  model: PreTrainedModel<Output>,
  all: [name: string, tensor: Floats][],
  trainable: Trainable,
): [name: string, tensor: Floats][] {
  if (trainable === "all" || trainable === "head") return model.named_parameters(trainable);
  if (trainable === "globals") {
    const globals = model.named_parameters("globals");
    if (globals.length > 0) return [...globals, ...model.named_parameters("head")];
    if (model.parameters.adapter) {
      throw new RangeError(
        "Cannot train the global tokens of a model whose adapter does not: wanted " +
          'modules_to_save with "global_embeddings"',
      );
    }
    const { className } = familyOf(model.config);
    throw new RangeError(
      `Cannot train the global tokens of a ${className} without LSG: it has none. Wanted an LSG ` +
        'checkpoint, or the option lsg of from_pretrained, or trainable "head"',
    );
  }
  // search() ignores the flag g, which makes test() begin where it ended before.
  if (trainable instanceof RegExp) return all.filter(([name]) => name.search(trainable) >= 0);
  if (typeof trainable !== "function") {
    throw new TypeError(
      `Cannot train ${
        showValue(trainable)
      }: wanted "all", "globals", "head", a RegExp or a function`,
    );
  }
  return all.filter(([name]) => {
    const chosen: unknown = trainable(name);
    if (typeof chosen === "boolean") return chosen;
    throw new TypeError(`Cannot train: the function returned ${showValue(chosen)} for ${name}`);
  });
}
