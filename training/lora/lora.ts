/**
 * LoRA: low-rank updates beside linear layers (Hu et al., 2021).
 *
 * @module
 */
import { showName, showNames } from "../../base/show_value.ts";
import type { CheckpointSource } from "../../checkpoint/source.ts";
import type { WrittenFolder } from "../../checkpoint/written_folder.ts";
import { openCheckpoint } from "../../hub/open_checkpoint.ts";
import type { HubOptions } from "../../hub/options.ts";
import type { LinearAdapter, ModelAdapter } from "../../models/adapter.ts";
import { namedParameters } from "../../models/named_parameters.ts";
import type { ParameterPart } from "../../models/parameter_part.ts";
import type { PreTrainedModel } from "../../models/pretrained_model.ts";
import type { Floats } from "../../ops/backend.ts";
import {
  type LoraConfig,
  type LoraOptions,
  newLoraJson,
  parseLoraConfig,
  resolveLoraOptions,
  scalingOf,
} from "./lora_config.ts";
import { loraFolder, openLora } from "./lora_files.ts";
import {
  findTargets,
  headModules,
  isWithin,
  lacksHead,
  type LinearModule,
  modulesOf,
  savedWithin,
} from "./lora_modules.ts";
import { type AdaptedLayer, addUpdate, drawAdapter, type Matrix } from "./lora_values.ts";
import { type LoraValues, readLora } from "./read_lora.ts";

/**
 * An adapter of a model: to each of its linear layers `x·Wᵀ + b` it adds `scale·x·Aᵀ·Bᵀ`. `A` and
 * `B` are trained, and modules that are trained whole; all other weights stay as they are. Folders
 * are peft's.
 *
 * While an adapter is attached, the model's `named_parameters()` are the adapter's, and its
 * `save_pretrained()` writes the adapter.
 *
 * @example An adapter of queries and values, and a head
 * ```ts
 * import { AutoModelForSequenceClassification } from "@lsg/core";
 * import { Lora, selectTrainable } from "@lsg/core/training";
 * import { assertEquals } from "@std/assert";
 *
 * using model = await AutoModelForSequenceClassification.from_pretrained(
 *   "google-bert/bert-base-uncased",
 *   { num_labels: 2 }, // warns that the head is drawn
 * );
 * const lora = await Lora.create(model, { r: 4, lora_alpha: 8, modules_to_save: ["classifier"] });
 * assertEquals(selectTrainable(model, "all").map(([name]) => name).slice(-2), [
 *   "classifier.weight",
 *   "classifier.bias",
 * ]);
 * // … a training …
 * await lora.merge_and_unload();
 * ```
 */
export class Lora implements ModelAdapter, Disposable {
  readonly #model: PreTrainedModel<unknown>;
  readonly #config: LoraConfig;
  readonly #json: Readonly<Record<string, unknown>>;
  readonly #layers: ReadonlyMap<string, LinearModule>;
  /** The weights that copies stand for while the adapter is attached, by their bare names. */
  readonly #originals = new Map<string, Floats>();

  private constructor(
    model: PreTrainedModel<unknown>,
    config: LoraConfig,
    json: Readonly<Record<string, unknown>>,
    { layers, copies }: LoraValues,
  ) {
    assertFree(model);
    this.#model = model;
    this.#config = config;
    this.#json = json;
    this.#layers = new Map(layers.map(({ module }) => [module.name, module]));
    model.parameters.adapter = this;
    try {
      layers.forEach((layer) => this.#set(layer));
      for (const [bare, matrix] of copies) {
        this.#originals.set(bare, model.parameters.exchange(bare, this.#tensor(matrix)));
      }
    } catch (error) {
      this.unload();
      throw error;
    }
  }

  /**
   * Attaches a new adapter to a model: `A` is drawn, `B` is zero, so that outputs stay as they are.
   *
   * @param model The model.
   * @param options Rank, layers, modules that are trained whole.
   * @returns The adapter.
   * @throws {TypeError} If an option is unknown or of the wrong type.
   * @throws {RangeError} If an option is of the wrong value, no layer is adapted, or the model has an
   * adapter already.
   */
  static async create<Output>(
    model: PreTrainedModel<Output>,
    options: LoraOptions = {},
  ): Promise<Lora> {
    const { seed, target_modules, modules_to_save, ...config } = resolveLoraOptions(options);
    assertFree(model);
    const ends = modules_to_save ?? headModules(model.config, model.head);
    const targets = findTargets(
      modulesOf(model),
      target_modules,
      (name) => isWithin(name, ends),
      model.config,
    );
    const saved = savedWithin(model, ends);
    const copies = await Promise.all(
      saved.map(async ({ bare, tensor: { dims }, tensor }) =>
        [bare, { values: (await tensor.reshape(dims).getData()).slice(), dims }] as const
      ),
    );
    // Of a task that it is told, peft wants the head in the file.
    const names = modulesOf(model).map(({ name }) => name);
    const task = lacksHead(names, ends, model.head) ? undefined : model.head;
    const json = newLoraJson(config, task, {
      target_modules: Array.isArray(target_modules)
        ? target_modules
        : targets.map(({ name }) => name),
      modules_to_save: ends,
      model: model.source?.name,
    });
    const layers = targets.map((module) => drawAdapter(module, config.r, seed));
    return new Lora(model, config, json, { layers, copies });
  }

  /**
   * Loads an adapter of peft's layout onto a model.
   *
   * @param model The model.
   * @param checkpoint A folder, `owner/name` on the hub, a URL, or a source of files.
   * @param options Revision, cache, token, progress, signal.
   * @returns The adapter.
   * @throws {TypeError} If an option is of the wrong type.
   * @throws {RangeError} If a file is missing, does not fit the model, or asks for what is not
   * supported, or the model has an adapter already.
   * @throws {SyntaxError} If a file is malformed.
   */
  static async from_pretrained<Output>(
    model: PreTrainedModel<Output>,
    checkpoint: string | URL | CheckpointSource,
    options: HubOptions = {},
  ): Promise<Lora> {
    assertFree(model);
    const source = await openCheckpoint(checkpoint, options);
    const file = await openLora(source);
    assertFree(model); // it may have been disposed of meanwhile
    const config = parseLoraConfig(file.json, `${source.name}/adapter_config.json`);
    return new Lora(model, config, file.json, await readLora(model, file, config, source.name));
  }

  /** Rank, scale and dropout. */
  get config(): LoraConfig {
    return this.#config;
  }

  /** The names of the layers that are adapted, in transformers. */
  get target_modules(): string[] {
    return [...this.#layers.keys()];
  }

  /**
   * Lists the parameters that are trained: `….lora_A.weight` and `….lora_B.weight` of each layer,
   * and those of modules that are trained whole.
   *
   * @param part All; of the global embeddings or the head those that are trained whole.
   * @returns The tensors with the names that they have in transformers.
   * @throws {Error} If the adapter was removed.
   */
  named_parameters(part: ParameterPart = "all"): [name: string, tensor: Floats][] {
    this.#assertAttached();
    const { parameters, config, head } = this.#model;
    const whole = new Set([...this.#originals.keys()].map((bare) => parameters.get(bare)));
    const saved = namedParameters({ parameters, config }, head, part)
      .filter(([, tensor]) => whole.has(tensor));
    if (part !== "all") return saved;
    const matrices = [...this.#layers].flatMap(([name, { bare }]): [string, Floats][] => {
      const { down, up } = parameters.adapters.get(bare)!;
      return [[`${name}.lora_A.weight`, down], [`${name}.lora_B.weight`, up]];
    });
    return [...matrices, ...saved];
  }

  /**
   * Writes the adapter as a folder that peft loads; where there is no file system, the model's
   * `to_files()` makes its files.
   *
   * @param folder Path of the folder; it is created if it does not exist.
   * @throws {TypeError} If the folder is not a string.
   * @throws {RangeError} If it already holds an adapter.
   * @throws {Error} If the adapter was removed, or there is no file system.
   */
  async save_pretrained(folder: string): Promise<void> {
    this.#assertAttached();
    await this.#model.save_pretrained(folder);
  }

  /** Makes the adapter's files. */
  folder(): WrittenFolder {
    return loraFolder({ ...this.#json, inference_mode: true }, this.named_parameters());
  }

  /**
   * Replaces the values by those of a folder that {@linkcode save_pretrained} wrote.
   *
   * @param source The folder's files.
   * @throws {RangeError} If a file is missing, or it is another adapter's.
   * @throws {SyntaxError} If a file is malformed.
   * @throws {Error} If the adapter was removed, also meanwhile.
   */
  async load_weights(source: CheckpointSource): Promise<void> {
    this.#assertAttached();
    const file = await openLora(source);
    this.#assertAttached(); // it may have been removed during each wait
    const config = parseLoraConfig(file.json, `${source.name}/adapter_config.json`);
    const { layers, copies } = await readLora(this.#model, file, config, source.name);
    this.#assertAttached();
    const [own, other] = [[...this.#layers.keys()], layers.map(({ module }) => module.name)];
    const saved = copies.map(([bare]) => bare);
    const keys = Object.keys(config) as (keyof LoraConfig)[];
    const differing = keys.find((key) => config[key] !== this.#config[key]);
    const isSame = String(own.toSorted()) === String(other.toSorted()) &&
      String([...this.#originals.keys()].sort()) === String(saved.toSorted());
    if (differing !== undefined || !isSame) {
      throw new RangeError(
        `Cannot load the values of ${showName(source.name)}: it is another adapter, ` +
          (differing === undefined
            ? `wanted one of rank ${this.#config.r} for ${showNames(own)}`
            : `its ${differing} is ${config[differing]}, wanted ${this.#config[differing]}`),
      );
    }
    layers.forEach((layer) => this.#set(layer));
    for (const [bare, matrix] of copies) {
      this.#model.parameters.exchange(bare, this.#tensor(matrix)).dispose();
    }
  }

  /**
   * Adds the updates to the weights and removes the adapter; modules that were trained whole stay.
   * Weights of `dtype` `fp16` or `q8` are rounded again.
   *
   * @throws {RangeError} If the output layer is adapted, and its weights are the word table.
   * @throws {Error} If the adapter was removed.
   */
  async merge_and_unload(): Promise<void> {
    this.#assertAttached();
    const { parameters, backend } = this.#model;
    for (const { name, bare, weight } of this.#layers.values()) {
      if (weight === `${bare}.weight`) continue;
      throw new RangeError(
        `Cannot merge the update of ${name}: its weights are those of ${weight}, wanted an adapter ` +
          "of layers that are not tied",
      );
    }
    for (const { bare, weight } of this.#layers.values()) {
      const adapter = parameters.adapters.get(bare)!;
      const tensor = parameters.get(weight);
      const [base, A, B] = await Promise.all([tensor, adapter.down, adapter.up].map(
        async (each) => ({ values: await each.reshape(each.dims).getData(), dims: each.dims }),
      ));
      const sum = addUpdate(base.values, A, B, scalingOf(this.#config, A.dims[0]));
      const merged = backend.weight(sum, tensor.dims);
      parameters.exchange(weight, merged).dispose();
      disposeOf(adapter);
      parameters.adapters.delete(bare);
    }
    this.#originals.forEach((tensor) => tensor.dispose());
    this.#originals.clear();
    parameters.adapter = undefined;
  }

  /** Removes the adapter: the model is as it was before. A second call does nothing. */
  unload(): void {
    if (!this.#isAttached) return;
    const { parameters } = this.#model;
    for (const [bare, original] of this.#originals) {
      parameters.exchange(bare, original).dispose();
    }
    this.#originals.clear();
    for (const { bare } of this.#layers.values()) {
      const adapter = parameters.adapters.get(bare);
      if (adapter) disposeOf(adapter);
      parameters.adapters.delete(bare);
    }
    parameters.adapter = undefined;
  }

  /** Removes the adapter, like {@linkcode unload}. */
  dispose(): void {
    this.unload();
  }

  /** Removes the adapter at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.unload();
  }

  get #isAttached(): boolean {
    return this.#model.parameters.adapter === this;
  }

  #assertAttached(): void {
    if (this.#isAttached) return;
    throw new Error("Cannot use the adapter: it was removed from its model, or the model disposed");
  }

  /** Sets the values of a layer's adapter. */
  #set({ module: { bare }, A, B }: AdaptedLayer): void {
    const { backend, parameters: { adapters } } = this.#model;
    const [rank] = A.dims;
    const scaling = scalingOf(this.#config, rank);
    const diagonal = new Float32Array(rank * rank);
    for (let i = 0; i < rank; i++) diagonal[i * rank + i] = scaling;
    const old = adapters.get(bare);
    adapters.set(bare, {
      down: this.#tensor(A),
      up: this.#tensor(B),
      dropout: this.#config.lora_dropout,
      ...(scaling !== 1 && { scale: backend.floats(diagonal, [rank, rank]) }),
    });
    if (old) disposeOf(old);
  }

  /** What is trained is float32, whatever the data type of the model's weights is. */
  #tensor({ values, dims }: Matrix): Floats {
    const { backend } = this.#model;
    return dims.length === 2 && backend.dtype === "fp32"
      ? backend.weight(values, dims)
      : backend.floats(values, dims);
  }
}

function disposeOf({ down, up, scale }: LinearAdapter): void {
  [down, up, scale].forEach((tensor) => tensor?.dispose());
}

function assertFree<Output>({ parameters }: PreTrainedModel<Output>): void {
  if (parameters.isDisposed) throw new Error("Cannot adapt the model: it was disposed");
  if (!parameters.adapter) return;
  throw new RangeError("Cannot adapt a model twice: wanted unload() or merge_and_unload() before");
}
