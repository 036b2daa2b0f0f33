/**
 * The names of Python that a pickle may import: what a dictionary of tensors consists of.
 *
 * @module
 */
import { showName } from "../../base/show_value.ts";
import { malformed, refused } from "./fault.ts";
import { type PickleCallable, PickleDict, PickleList, PickleTuple } from "./pickle_values.ts";
import { Storage, STORAGE_TYPES } from "./storage.ts";
import { UncheckedTensor } from "./tensor_view.ts";

/**
 * `_rebuild_tensor_v2(storage, offset, dims, strides, requires_grad, hooks[, metadata])`, and the
 * first four alone in old files.
 */
const REBUILD_TENSOR: PickleCallable = {
  call: ([storage, offset, dims, strides]) => {
    if (
      !(storage instanceof Storage) || !(dims instanceof PickleTuple) ||
      !(strides instanceof PickleTuple)
    ) {
      throw malformed("it has a malformed tensor");
    }
    return new UncheckedTensor(storage, offset, dims.items, strides.items);
  },
};

/** `_rebuild_parameter(tensor, requires_grad, hooks)`: a parameter is a tensor. */
const REBUILD_PARAMETER: PickleCallable = {
  call: ([tensor]) => {
    if (tensor instanceof UncheckedTensor) return tensor;
    throw malformed("it has a parameter that is not a tensor");
  },
};

/** `OrderedDict()`, and of Python 2 `OrderedDict([[key, value], …])`. */
const ORDERED_DICT: PickleCallable = {
  call: ([pairs], spend) => {
    const dictionary = new PickleDict();
    if (pairs === undefined) return dictionary;
    if (!(pairs instanceof PickleList)) throw malformed("it has a malformed OrderedDict");
    // A list may be used again and again.
    spend(pairs.items.length);
    for (const pair of pairs.items) {
      const items = pair instanceof PickleList || pair instanceof PickleTuple ? pair.items : [];
      if (items.length !== 2) throw malformed("it has a malformed OrderedDict");
      dictionary.add(items[0], items[1]);
    }
    return dictionary;
  },
};

const ALLOWED: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ["torch._utils._rebuild_tensor_v2", REBUILD_TENSOR],
  ["torch._utils._rebuild_tensor", REBUILD_TENSOR],
  ["torch._utils._rebuild_parameter", REBUILD_PARAMETER],
  ["collections.OrderedDict", ORDERED_DICT],
  ...[...STORAGE_TYPES].map(([name, type]) => [`torch.${name}`, type] as const),
]);

/**
 * Looks up a name that a pickle imports.
 *
 * @param module The module in Python.
 * @param name The name in it.
 * @returns What stands for it here.
 * @throws {Fault} If tensors do not need it.
 */
export function findAllowed(module: string, name: string): unknown {
  const found = ALLOWED.get(`${module}.${name}`);
  if (found !== undefined) return found;
  throw refused(
    `its pickle imports ${showName(`${module}.${name}`)}, which dictionaries of tensors do not ` +
      "need; nothing in it was executed. If you trust the file, load it in Python and save its " +
      "state_dict() as safetensors",
  );
}
