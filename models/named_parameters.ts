/**
 * A model's parameters by the names that they have in transformers.
 *
 * @module
 */
import { describeHead } from "../checkpoint/describe_head.ts";
import { modelParameters } from "../checkpoint/model_parameters.ts";
import { savedName } from "../checkpoint/saved_name.ts";
import type { Head, ModelConfig } from "../families/families.ts";
import { familyOf } from "../families/known_families.ts";
import type { Floats } from "../ops/backend.ts";
import type { ParameterPart } from "./parameter_part.ts";
import type { Parameters } from "./parameters.ts";

/** What {@linkcode namedParameters} reads of a model. */
export interface NamedModel {
  /** The model's config. */
  readonly config: ModelConfig;
  /** Its weights, under the bare model's names. */
  readonly parameters: Parameters;
}

/**
 * Lists the tensors of a model that its checkpoint holds.
 *
 * @param model Config and weights.
 * @param head The model's head.
 * @returns Each tensor with the name that transformers' class of that head gives to it, and whether
 * it is constant.
 */
export function savedParameters(
  { config, parameters }: NamedModel,
  head: Head,
): { name: string; tensor: Floats; bare: string; constant: boolean }[] {
  return modelParameters(config, head)
    .filter(({ name }) => parameters.has(name))
    .map((parameter) => ({
      name: savedName(parameter, config, head),
      tensor: parameters.get(parameter.name),
      bare: parameter.name,
      constant: parameter.constant ?? false,
    }));
}

/**
 * Lists the names under which transformers 5 reads parameters once more where nothing is tied: the
 * bias of the output layer, and the word tables of encoder and decoder.
 *
 * @param model Config and weights.
 * @param head The model's head.
 * @returns The names in a file of that head, and the tensors; none if the model's words are tied.
 */
export function untiedCopies(
  { config, parameters }: NamedModel,
  head: Head,
): { name: string; tensor: Floats }[] {
  return modelParameters(config, head)
    .filter(({ name, untied }) => untied && parameters.has(name))
    .flatMap((parameter) =>
      (parameter.copies ?? []).map((copy) => ({
        name: savedName({ ...parameter, name: copy }, config, head),
        tensor: parameters.get(parameter.name),
      }))
    );
}

/**
 * Lists the parameters of a model that a training may change: all tensors of its checkpoint but
 * computed positions and buffers.
 *
 * @param model Config and weights.
 * @param head The model's head.
 * @param part Which of them; the head's are those of all its layers, with the pooler if it reads it.
 * @returns The names that transformers' class of that head gives to them, and the tensors.
 */
export function namedParameters(
  model: NamedModel,
  head: Head,
  part: ParameterPart = "all",
): [name: string, tensor: Floats][] {
  const isWanted = part === "all"
    ? () => true
    : part === "globals"
    ? (name: string) => name === familyOf(model.config).embeddings.global
    : inHead(model.config, head);
  return savedParameters(model, head)
    .filter(({ bare, constant }) => !constant && isWanted(bare))
    .map(({ name, tensor }) => [name, tensor]);
}

/** Tells by its name in the bare model whether a parameter belongs to a head. */
function inHead(config: ModelConfig, head: Head): (name: string) => boolean {
  if (head === "Model") return () => false;
  const { layers } = describeHead(config, head);
  const names = layers.flatMap(({ name, norm }) => norm ? [name, norm] : [name]);
  const marked = modelParameters(config, head).filter((parameter) => parameter.head);
  const own = new Set([
    ...marked.map(({ name }) => name),
    ...names.flatMap((name) => [`${name}.weight`, `${name}.bias`]),
  ]);
  return (name) => own.has(name);
}
