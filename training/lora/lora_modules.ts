/**
 * Which modules of a model are adapted, and which are trained whole.
 *
 * @module
 */
import { showNames, showValue } from "../../base/show_value.ts";
import { decoderStack } from "../../checkpoint/decoder_stack.ts";
import { describeHead } from "../../checkpoint/describe_head.ts";
import { modelParameters } from "../../checkpoint/model_parameters.ts";
import { savedName } from "../../checkpoint/saved_name.ts";
import type { Family, Head, ModelConfig } from "../../families/families.ts";
import { familyOf } from "../../families/known_families.ts";
import { savedParameters } from "../../models/named_parameters.ts";
import type { PreTrainedModel } from "../../models/pretrained_model.ts";
import { PEFT_HEADS, type ResolvedOptions } from "./lora_config.ts";

/** A linear layer of a model. */
export interface LinearModule {
  /** Its name in transformers. */
  readonly name: string;
  /** Its name in the bare model. */
  readonly bare: string;
  /** The name of its weights in the bare model: those of the word table, if they are tied. */
  readonly weight: string;
  /** Width of its input. */
  readonly inputs: number;
  /** Width of its output. */
  readonly outputs: number;
  /** Whether it belongs to a head. */
  readonly inHead: boolean;
}

/**
 * Lists the linear layers of a model.
 *
 * @param config The model's config.
 * @param head Its head.
 * @returns The layers, in the model's order; the output layer of a language model as the last.
 */
export function linearModules(config: ModelConfig, head: Head): LinearModule[] {
  const family = familyOf(config);
  const tables = new Set(tablesOf(config, family));
  const parameters = modelParameters(config, head);
  const modules = parameters
    .filter(({ name, dims, constant }) =>
      dims.length === 2 && name.endsWith(".weight") && !tables.has(name) && !constant
    )
    .map((parameter): LinearModule => ({
      name: savedName(parameter, config, head).slice(0, -".weight".length),
      bare: parameter.name.slice(0, -".weight".length),
      weight: parameter.name,
      inputs: parameter.dims[1],
      outputs: parameter.dims[0],
      inHead: parameter.head ?? false,
    }));
  const words = head === "Model" ? undefined : describeHead(config, head).words;
  if (!words || !config.tie_word_embeddings) return modules;
  const { word } = family.embeddings;
  const [outputs, inputs] = parameters.find(({ name }) => name === word)!.dims;
  const { decoder } = words;
  return [
    ...modules,
    { name: decoder, bare: decoder, weight: word, inputs, outputs, inHead: true },
  ];
}

/** Names of the matrices that are read by rows. */
function tablesOf(config: ModelConfig, family: Family): string[] {
  const families = config.decoder ? [family, decoderStack(config, family)[1]] : [family];
  return families.flatMap(({ embeddings: { word, tokenType, global }, positions }) =>
    [word, tokenType, global, typeof positions === "string" ? undefined : positions.table]
      .filter((name) => name !== undefined)
  );
}

/**
 * Finds the linear layers that are adapted, as peft does.
 *
 * @param modules The linear layers of the model.
 * @param targets Ends of names, or an expression for whole names, or all but the head; absent: the
 * projections to queries and values.
 * @param saved Tells of a name whether the module is trained whole.
 * @param config The model's config.
 * @returns The layers.
 * @throws {RangeError} If there are none, or an end of a name is that of no layer.
 */
export function findTargets(
  modules: readonly LinearModule[],
  targets: ResolvedOptions["target_modules"],
  saved: (name: string) => boolean,
  config: ModelConfig,
): LinearModule[] {
  const matches = (name: string, end: string) => name === end || name.endsWith(`.${end}`);
  const free = modules.filter(({ name }) => !saved(name));
  const refuse = (what: string) => {
    const ends = [...new Set(modules.map(({ name }) => name.split(".").at(-1)!))];
    return new RangeError(`Cannot adapt ${what}: wanted ends of names such as ${showNames(ends)}`);
  };
  let found: LinearModule[];
  if (targets === undefined) {
    const names = new Set(attentionNames(config));
    found = free.filter(({ bare }) => names.has(bare));
  } else if (targets === "all-linear") {
    found = free.filter(({ inHead }) => !inHead);
  } else if (targets instanceof RegExp) {
    found = free.filter(({ name }) => name.search(targets) >= 0);
  } else {
    const wrong = targets.find((end) => !modules.some(({ name }) => matches(name, end)));
    if (wrong !== undefined) throw refuse(`${showValue(wrong)}, which is no linear layer`);
    found = free.filter(({ name }) => targets.some((end) => matches(name, end)));
  }
  if (found.length > 0) return found;
  throw refuse(
    `a model with target_modules ${
      targets instanceof RegExp ? String(targets) : showValue(targets)
    }, which no linear layer has`,
  );
}

/** The projections to queries and values of all attentions. */
function attentionNames(config: ModelConfig): string[] {
  const family = familyOf(config);
  const stacks: [ModelConfig, Pick<Family, "layer">][] = [[config, family]];
  if (config.decoder) stacks.push(decoderStack(config, family));
  return stacks.flatMap(([{ num_hidden_layers }, { layer }]) =>
    Array.from({ length: num_hidden_layers }, (_, i) => layer(i)).flatMap((
      { attention, crossAttention },
    ) =>
      [attention, ...(crossAttention ? [crossAttention] : [])].flatMap(({ query, value }) => [
        query,
        value,
      ])
    )
  );
}

/**
 * The modules of a head that classifies, which a checkpoint may lack.
 *
 * @param config The model's config.
 * @param head Its head.
 * @returns The names of its modules; none of a language model.
 */
export function headModules(config: ModelConfig, head: Head): string[] {
  if (head === "Model") return [];
  const { layers, words } = describeHead(config, head);
  if (words) return [];
  return [...new Set(layers.map(({ name }) => name.split(".")[0]))];
}

/**
 * Tells whether a module, or one around it, is trained whole: peft compares the ends of names.
 *
 * @param name The name of a module or a parameter in transformers.
 * @param ends Ends of the names of modules.
 * @returns Whether it is.
 */
export function isWithin(name: string, ends: readonly string[]): boolean {
  const components = name.split(".");
  return components.some((_, i) => {
    const module = components.slice(0, i + 1).join(".");
    return ends.some((end) => module.endsWith(end));
  });
}

/**
 * Tells whether peft would train a module of a head whole that is not trained whole here.
 *
 * @param names The names of the linear layers of a model.
 * @param ends Ends of the names of modules that are trained whole.
 * @param head The model's head.
 * @returns Whether there is one.
 */
export function lacksHead(
  names: readonly string[],
  ends: readonly string[],
  head: Head,
): boolean {
  const heads = PEFT_HEADS[head] ?? [];
  return names.some((name) => isWithin(name, heads) && !isWithin(name, ends));
}

/**
 * The module of a parameter.
 *
 * @param name The parameter's name, such as `classifier.dense.weight`.
 * @returns The name without its last component.
 */
export function moduleOf(name: string): string {
  return name.slice(0, name.lastIndexOf("."));
}

/**
 * Lists the linear layers that a model has.
 *
 * @param model The model.
 * @returns The layers, without a pooler that its checkpoint lacks.
 */
export function modulesOf<Output>(model: PreTrainedModel<Output>): LinearModule[] {
  return linearModules(model.config, model.head)
    .filter(({ weight }) => model.parameters.has(weight));
}

/**
 * Finds the parameters of modules that are trained whole.
 *
 * @param model The model.
 * @param ends Ends of the names of the modules.
 * @returns The parameters.
 * @throws {RangeError} If an end of a name is that of no module, or of a word table that is tied.
 */
export function savedWithin<Output>(model: PreTrainedModel<Output>, ends: readonly string[]) {
  const { config, head } = model;
  const saved = savedParameters(model, head).filter(({ constant }) => !constant);
  // A tied output layer has no weights of its own; peft would train and save a copy of the table.
  const output = head !== "Model" && config.tie_word_embeddings
    ? describeHead(config, head).words?.decoder
    : undefined;
  const modules = [...saved.map(({ name }) => moduleOf(name)), ...(output ? [output] : [])];
  const wrong = ends.find((end) => !modules.some((name) => isWithin(name, [end])));
  if (wrong !== undefined) {
    throw new RangeError(
      `Cannot adapt a model with modules_to_save ${showValue(wrong)}: no module's name ends so`,
    );
  }
  const found = saved.filter(({ name }) => isWithin(moduleOf(name), ends));
  const tied = tiedTable(model);
  const holdsOutput = output !== undefined && isWithin(output, ends);
  if (!holdsOutput && !found.some(({ bare }) => bare === tied)) return found;
  throw new RangeError(
    `Cannot adapt a model with modules_to_save that hold ${tied}: other modules have the same ` +
      "weights, which peft would not train",
  );
}

/**
 * Finds the word table that several modules share: an adapter of peft would train one's copy.
 *
 * @param model The model.
 * @returns Its name in the bare model; undefined if no other module has it.
 */
export function tiedTable<Output>(
  { config, head }: PreTrainedModel<Output>,
): string | undefined {
  const isOutput = head !== "Model" && config.tie_word_embeddings &&
    describeHead(config, head).words !== undefined;
  return isOutput || config.decoder ? familyOf(config).embeddings.word : undefined;
}
