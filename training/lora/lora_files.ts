/**
 * The files of an adapter, in peft's layout: `adapter_config.json`, `adapter_model.safetensors`.
 *
 * @module
 */
import { showName, showNames } from "../../base/show_value.ts";
import { openPytorch } from "../../checkpoint/pytorch/pytorch_reader.ts";
import { openSafetensors } from "../../checkpoint/safetensors_reader.ts";
import { streamSafetensors } from "../../checkpoint/safetensors_writer.ts";
import { type CheckpointSource, readJsonObject } from "../../checkpoint/source.ts";
import type { Weights } from "../../checkpoint/weights.ts";
import { jsonFile, type WrittenFolder } from "../../checkpoint/written_folder.ts";
import { checkFinite } from "../../models/parameters.ts";
import type { Floats } from "../../ops/backend.ts";

const CONFIG_FILE = "adapter_config.json";
const WEIGHTS_FILE = "adapter_model.safetensors";
const PICKLED_FILE = "adapter_model.bin";

/** Stands before the names of the model's own modules. */
const PREFIX = "base_model.model.";

/** The tensors of an adapter's file. */
export interface LoraFile {
  /** `adapter_config.json`. */
  readonly json: Readonly<Record<string, unknown>>;
  /** The tensors under their names in the file. */
  readonly weights: Weights;
  /** Names of `A` and `B` by the names of the linear layers in transformers. */
  readonly layers: ReadonlyMap<string, { readonly A: string; readonly B: string }>;
  /** Names of other tensors, by the names of the model's parameters in transformers. */
  readonly saved: ReadonlyMap<string, string>;
}

/**
 * Reads the headers of an adapter.
 *
 * @param source The folder's files.
 * @returns Its config and the names of its tensors.
 * @throws {RangeError} If a file is missing, or holds tensors of another kind of adapter.
 * @throws {SyntaxError} If a file is malformed.
 */
export async function openLora(source: CheckpointSource): Promise<LoraFile> {
  const json = await readJsonObject(source, CONFIG_FILE);
  const [file, pickled] = [await source.open(WEIGHTS_FILE), await source.open(PICKLED_FILE)];
  if (!json || (!file && !pickled)) {
    throw new RangeError(
      `${showName(source.name)} is not an adapter: it has no ${json ? WEIGHTS_FILE : CONFIG_FILE}`,
    );
  }
  const weights = await (file ? openSafetensors(file) : openPytorch(pickled!));
  const layers = new Map<string, { A: string; B: string }>();
  const saved = new Map<string, string>();
  const wrong: string[] = [];
  for (const name of weights.names()) {
    const [, own] = name.match(/^base_model\.model\.(.+)$/s) ?? [];
    const [, layer, matrix] = own?.match(/^(.+)\.lora_([AB])\.weight$/s) ?? [];
    if (layer !== undefined) {
      layers.set(layer, { ...layers.get(layer)!, [matrix]: name });
    } else if (own !== undefined && !own.includes("lora_")) saved.set(own, name);
    else wrong.push(name);
  }
  for (const [layer, { A, B }] of layers) {
    if (!A || !B) wrong.push(`${PREFIX}${layer}: A or B alone`);
  }
  if (wrong.length > 0 || layers.size === 0) {
    const what = wrong.length > 0 ? `with ${showNames(wrong)}` : "without lora_A and lora_B";
    throw new RangeError(
      `Cannot load the adapter ${showName(source.name)} ${what}: wanted tensors like ` +
        `${PREFIX}….lora_A.weight`,
    );
  }
  return { json, weights, layers, saved };
}

/**
 * Makes the files of an adapter; its config is the last.
 *
 * @param json `adapter_config.json`.
 * @param parameters The tensors with their names in transformers.
 * @returns The files.
 */
export function loraFolder(
  json: Readonly<Record<string, unknown>>,
  parameters: readonly (readonly [name: string, tensor: Floats])[],
): WrittenFolder {
  const tensors = new Map(parameters.map(([name, tensor]) => [PREFIX + name, tensor]));
  const described = [...tensors].map(([name, { dims }]) => ({ name, dims, dtype: "F32" as const }));
  const chunks = streamSafetensors(described, async (name) => {
    const tensor = tensors.get(name)!;
    // A tensor keeps what it has read; this one is forgotten with its values.
    const values = await tensor.reshape(tensor.dims).getData();
    checkFinite("save", name, values);
    return values;
  });
  return {
    files: [{ path: WEIGHTS_FILE, chunks }, jsonFile(CONFIG_FILE, json)],
    absent: [PICKLED_FILE],
  };
}
