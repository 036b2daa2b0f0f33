/**
 * The dictionary of tensors in what `torch.save` was given.
 *
 * @module
 */
import { showNames, showValue } from "../../base/show_value.ts";
import { malformed, refused } from "./fault.ts";
import { PickleDict } from "./pickle_values.ts";
import { checkTensor, type TensorView, UncheckedTensor } from "./tensor_view.ts";

/** Keys under which training loops save a model, beside their own state. */
const MODEL_KEYS: readonly unknown[] = ["state_dict", "model", "model_state_dict", "module"];

/**
 * Lists the tensors of a state dict. Other values in it are left out. A dictionary without tensors
 * may hold the state dict under one of a few keys, if no other of its values holds tensors too.
 *
 * @param root What a pickle holds.
 * @returns The tensors by name, checked.
 * @throws {Fault} If there is no state dict, or which one is meant is open, or a tensor is malformed.
 */
export function readStateDict(root: unknown): Map<string, TensorView> {
  if (!(root instanceof PickleDict)) {
    throw refused("it does not hold a dictionary of tensors (a state dict), but something else");
  }
  const tensors = new Map<string, TensorView>();
  for (const [name, value] of choose(root).entries()) {
    if (!(value instanceof UncheckedTensor)) continue;
    if (typeof name !== "string") {
      throw malformed(`the name of a tensor must be a string, got ${showValue(name)}`);
    }
    tensors.set(name, checkTensor(name, value));
  }
  return tensors;
}

function choose(root: PickleDict): PickleDict {
  const entries = root.entries();
  // One dictionary may be there under many keys.
  const dictionaries = new Set(entries.map(([, value]) => value).filter(isDictionary));
  const withTensors = new Set([...dictionaries].filter(hasTensors));
  const nested = entries.filter(([, value]) => withTensors.has(value as PickleDict));
  if (nested.length === 0) return root;
  const [[key, only]] = nested;
  const isClear = nested.length === 1 && MODEL_KEYS.includes(key) && !hasTensors(root);
  if (isClear) return only as PickleDict;
  const keys = entries.map(([key]) => typeof key === "string" ? key : showValue(key));
  throw refused(
    "which of its dictionaries are the model's weights is not clear; it has the keys " +
      `${showNames(keys)}: wanted tensors, or one dictionary of tensors under ` +
      MODEL_KEYS.join(", "),
  );
}

function isDictionary(value: unknown): value is PickleDict {
  return value instanceof PickleDict;
}

function hasTensors(dictionary: PickleDict): boolean {
  return dictionary.entries().some(([, value]) => value instanceof UncheckedTensor);
}
