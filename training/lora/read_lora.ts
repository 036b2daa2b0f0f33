/**
 * An adapter's file beside the model that it is loaded onto.
 *
 * @module
 */
import { showName, showNames, showValue } from "../../base/show_value.ts";
import { nameRules } from "../../checkpoint/model_weights.ts";
import { familyOf } from "../../families/known_families.ts";
import { savedParameters } from "../../models/named_parameters.ts";
import type { PreTrainedModel } from "../../models/pretrained_model.ts";
import type { LoraConfig } from "./lora_config.ts";
import type { LoraFile } from "./lora_files.ts";
import { type LinearModule, modulesOf, tiedTable } from "./lora_modules.ts";
import type { AdaptedLayer, Matrix } from "./lora_values.ts";

/** Most faults that a message lists. */
const MAX_FAULTS = 5;

/** The values of an adapter. */
export interface LoraValues {
  /** The layers that are adapted. */
  readonly layers: readonly AdaptedLayer[];
  /** Values of parameters that were trained whole, by their names in the bare model. */
  readonly copies: readonly (readonly [bare: string, values: Matrix])[];
}

/** What a file and a model have in common. */
interface Found {
  readonly layers: readonly (readonly [LinearModule, { readonly A: string; readonly B: string }])[];
  /** Names in the bare model, and in the file. */
  readonly copies: readonly (readonly [bare: string, inFile: string])[];
}

/**
 * Reads the values of an adapter that fit a model. Those of parts that the model does not run are
 * left out, with a warning.
 *
 * @param model The model.
 * @param file The adapter's file.
 * @param config Its settings.
 * @param origin Its name, for messages.
 * @returns The values.
 * @throws {RangeError} If tensors are the model's by neither name nor shape, or are not finite.
 */
export async function readLora<Output>(
  model: PreTrainedModel<Output>,
  file: LoraFile,
  config: LoraConfig,
  origin: string,
): Promise<LoraValues> {
  const { layers, copies } = find(model, file, config, origin);
  const read = async (name: string): Promise<Matrix> => {
    const values = await file.weights.load(name);
    if (values.every(Number.isFinite)) return { values, dims: file.weights.dims(name) };
    throw new RangeError(
      `Cannot load the adapter ${showName(origin)}: ${showName(name)} is infinite or NaN`,
    );
  };
  return {
    layers: await Promise.all(layers.map(async ([module, { A, B }]) => ({
      module,
      A: await read(A),
      B: await read(B),
    }))),
    copies: await Promise.all(
      copies.map(async ([bare, inFile]) => [bare, await read(inFile)] as const),
    ),
  };
}

/** Looks the names of a file up in a model, and checks the shapes. */
function find<Output>(
  model: PreTrainedModel<Output>,
  { json, weights, layers, saved }: LoraFile,
  config: LoraConfig,
  origin: string,
): Found {
  const modules = new Map(modulesOf(model).map((module) => [module.name, module]));
  const parameters = new Map(savedParameters(model, model.head).map((each) => [each.name, each]));
  const hasRanks = Object.keys(json.rank_pattern ?? {}).length > 0;
  const tied = tiedTable(model);
  const unused: string[] = [];
  const faults: string[] = [];
  const miss = (name: string, what: string) =>
    isIgnored(model, name) ? unused.push(name) : faults.push(`${showName(name)}: no such ${what}`);
  const expect = (name: string, wanted: readonly number[]) => {
    const dims = weights.dims(name);
    if (String(dims) === String(wanted)) return;
    faults.push(`${showName(name)} has dims ${showValue(dims)}, wanted [${wanted}]`);
  };
  const found = { layers: [] as Found["layers"][0][], copies: [] as Found["copies"][0][] };
  for (const [name, names] of layers) {
    const module = modules.get(name);
    if (!module) {
      miss(name, "linear layer");
      continue;
    }
    const rank = hasRanks ? weights.dims(names.A)[0] : config.r;
    expect(names.A, [rank, module.inputs]);
    expect(names.B, [module.outputs, rank]);
    found.layers.push([module, names]);
  }
  for (const [name, inFile] of saved) {
    const parameter = parameters.get(name);
    if (!parameter) {
      miss(name, "weight");
      continue;
    }
    if (parameter.bare === tied) faults.push(`${name} is the weight of other modules, too`);
    expect(inFile, parameter.tensor.dims);
    found.copies.push([parameter.bare, inFile]);
  }
  if (found.layers.length === 0) faults.push("no layer of the model is adapted");
  if (faults.length > 0) {
    const others = faults.length - MAX_FAULTS;
    const lines = [...faults.slice(0, MAX_FAULTS), ...(others > 0 ? [`and ${others} more`] : [])];
    throw new RangeError(
      `The adapter ${showName(origin)} does not fit the model:\n  ${lines.join("\n  ")}`,
    );
  }
  if (unused.length > 0) {
    console.warn(`The model does not use these parts of the adapter: ${showNames(unused)}`);
  }
  return found;
}

/** Whether a name is that of a part that models of this head do not run, such as a pooler. */
function isIgnored<Output>({ config, head }: PreTrainedModel<Output>, name: string): boolean {
  const { weightPrefix } = familyOf(config);
  const bare = name.startsWith(weightPrefix) ? name.slice(weightPrefix.length) : name;
  return nameRules(config, head).ignored.some((prefix) => `${bare}.`.startsWith(prefix));
}
