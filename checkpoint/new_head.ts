import { showName } from "../base/show_value.ts";
import type { Random } from "../tensor/random.ts";
import { architectureOf } from "./architecture.ts";
import { drawParameters } from "./conversion/draw_parameters.ts";
import type { ModelConfig } from "../families/model_config.ts";
import type { Head } from "../families/families.ts";
import { MappedWeights, type WeightReference } from "./mapped_weights.ts";
import { ownParameters } from "./model_parameters.ts";
import { nameRules } from "./model_weights.ts";
import { findParameters } from "./weight_names.ts";
import type { Weights } from "./weights.ts";

/** Settings of a new head. */
export interface NewHeadSettings {
  /** The random number generator. */
  readonly random: Random;
  /** Whether tensors of the head that have other dims are replaced; absent: they are an error. */
  readonly replacesMismatched?: boolean;
  /** Called with one warning that names the drawn tensors; absent: `console.warn`. */
  readonly warn?: (message: string) => void;
}

/**
 * Draws the tensors of a head that a checkpoint lacks, a pooler that it reads included: normal with
 * the config's `initializer_range`, biases of 0, norm weights of 1.
 *
 * @param weights The weights under their names in the files.
 * @param config The checkpoint's config, with the labels that the head is to have.
 * @param head The head.
 * @param settings What is drawn from, what is replaced.
 * @returns The weights with the drawn tensors; the same weights if none is missing.
 * @throws {RangeError} If the family has no such head, or tensors have other dims and are not to be
 * replaced.
 *
 * @example A classifier of three labels on an encoder without a head
 * ```ts
 * import { MemoryWeights, parseConfig, withNewHead } from "@lsg/core/checkpoint";
 * import { Random } from "@lsg/core/random";
 * import { assertEquals } from "@std/assert";
 *
 * const config = parseConfig({ model_type: "electra", num_labels: 3 });
 * const warn = () => {};
 * const weights = withNewHead(new MemoryWeights([]), config, "TokenClassification", {
 *   random: new Random(42),
 *   warn,
 * });
 * assertEquals(weights.dims("classifier.weight"), [3, config.hidden_size]);
 * ```
 */
export function withNewHead(
  weights: Weights,
  config: ModelConfig,
  head: Head,
  settings: NewHeadSettings,
): Weights {
  const { random, replacesMismatched = false, warn = console.warn } = settings;
  // A bias that is a buffer has no gradient and may be absent.
  const own = ownParameters(head, config).filter(({ name, optionalPart }) => optionalPart !== name);
  const { missing, mismatched } = findParameters(weights, own, nameRules(config, head));
  const describe = ([name, inFile]: [string, string]) => {
    const { dims } = own.find((parameter) => parameter.name === name)!;
    return `${showName(inFile)} has dims [${weights.dims(inFile)}], wanted [${dims}]`;
  };
  const others = [...mismatched].map(describe).join("; ");
  if (others && !replacesMismatched) {
    throw new RangeError(
      `Cannot make a head of ${architectureOf(config, head)}: ${others}; ` +
        "ignore_mismatched_sizes: true draws these tensors",
    );
  }
  const drawn = own.filter((parameter) =>
    missing.includes(parameter) || mismatched.has(parameter.name)
  );
  if (drawn.length === 0) return weights;
  warn(
    `${
      architectureOf(config, head)
    }: these parameters are not those of the checkpoint, but drawn ` +
      `at random; train them: ${drawn.map(({ name }) => name).join(", ")}` +
      (others && ` (${others})`),
  );
  const replaced = new Set(mismatched.values());
  const kept = weights.names().filter((name) => !replaced.has(name));
  const made = drawParameters(drawn, config.initializer_range, random);
  const referTo = (part: Weights, names: string[]) =>
    names.map((name): [string, WeightReference] => [name, { weights: part, name }]);
  return new MappedWeights([...referTo(weights, kept), ...referTo(made, made.names())]);
}
