import { showName, showNames, showValue } from "../base/show_value.ts";
import { ComparedWeights } from "./compared_weights.ts";
import { MappedWeights } from "./mapped_weights.ts";
import type { Weights } from "./weights.ts";

/** A tensor that a model requires. */
export interface ExpectedParameter {
  /** Its name in the bare model, without the family's prefix. */
  name: string;
  /** The size of each dimension. */
  dims: readonly number[];
  /** Whether it belongs to a head, whose names never have the family's prefix. */
  head?: true;
  /** Names of tied copies, which a file may contain as well or instead. */
  copies?: readonly string[];
  /**
   * What copies mean that a file contains as well and transformers 5 does not tie: `count`, they are
   * read instead; `agree`, they must hold the same. Absent: they are not read.
   */
  untied?: "count" | "agree";
  /** Set if training never changes it: computed positions, and the buffers of PyTorch's modules. */
  constant?: true;
  /** The optional part to which it belongs; such a part may be absent as a whole. */
  optionalPart?: string;
}

/** Rules that map names in a family's files to names of the bare model. */
export interface NameRules {
  /** Prefix of the bare model's names in a file that was saved with a head. */
  prefix: string;
  /** Prefixes of the names of ignored tensors: buffers, parts that are not run. */
  ignored: readonly string[];
  /** Ends of such names. */
  ignoredEnds?: readonly string[];
}

/** The result of looking up the expected parameters in a file. */
export interface FoundParameters {
  /** Names in the file by expected names. */
  names: Map<string, string>;
  /** Names in the file of copies that must hold the same, by expected names. */
  copies: Map<string, string[]>;
  /** Expected parameters that the file lacks. */
  missing: ExpectedParameter[];
  /** Names in the file of tensors of wrong dims, by expected names. */
  mismatched: Map<string, string>;
  /** Names in the file that are not expected: parts that the model does not have. */
  unexpected: string[];
  /** A sentence for each tensor that has the wrong dims or is in the file twice. */
  faults: string[];
}

/** Most faults that a message lists. */
const MAX_FAULTS = 5;

/** Names of the parameters of layer norms in old files. */
const OLD_NAMES: readonly [RegExp, string][] = [
  [/(norm)\.weight$/i, "$1.gamma"],
  [/(norm)\.bias$/i, "$1.beta"],
];

/** Components that torch.compile and DataParallel add to names, at any level. */
const WRAPPERS: readonly string[] = ["_orig_mod", "module"];

function withoutWrappers(name: string): string {
  return name.split(".").filter((component) => !WRAPPERS.includes(component)).join(".");
}

/** Lists all names that a tensor may have in a file. */
function listAliases(name: string, head: boolean, prefix: string): string[] {
  const old = OLD_NAMES.filter(([pattern]) => pattern.test(name))
    .map(([pattern, replacement]) => name.replace(pattern, replacement));
  return [name, ...old].flatMap((each) => head ? [each] : [each, prefix + each]);
}

/**
 * Looks up each expected parameter under all of its possible names. Components `module` and
 * `_orig_mod`, which PyTorch's wrappers add, do not count.
 *
 * @param weights The weights under their names in the files.
 * @param expected The parameters to look up.
 * @param rules The family's rules.
 * @returns The names found, and all discrepancies.
 *
 * @example
 * ```ts
 * import { findParameters, MemoryWeights } from "@lsg/core/checkpoint";
 * import { assertEquals } from "@std/assert";
 *
 * const file = new MemoryWeights([["bert.LayerNorm.beta", { dims: [0], data: new Float32Array() }]]);
 * const expected = [{ name: "LayerNorm.bias", dims: [0] }];
 * const found = findParameters(file, expected, { prefix: "bert.", ignored: [] });
 * assertEquals(found.names.get("LayerNorm.bias"), "bert.LayerNorm.beta");
 * ```
 */
export function findParameters(
  weights: Weights,
  expected: readonly ExpectedParameter[],
  rules: NameRules,
): FoundParameters {
  const found: FoundParameters = {
    names: new Map(),
    copies: new Map(),
    missing: [],
    mismatched: new Map(),
    unexpected: [],
    faults: [],
  };
  const inFile = new Map<string, string[]>();
  for (const name of weights.names()) {
    const bare = withoutWrappers(name);
    inFile.set(bare, [...inFile.get(bare) ?? [], name]);
  }
  const known = new Set<string>();
  for (const parameter of expected) {
    const { name, dims, head = false, copies = [], untied } = parameter;
    const own = listAliases(name, head, rules.prefix);
    const copied = copies.flatMap((copy) => listAliases(copy, head, rules.prefix));
    for (const alias of [...own, ...copied]) known.add(alias);
    const present = own.flatMap((alias) => inFile.get(alias) ?? []);
    if (present.length > 1) found.faults.push(`${name} is present twice: ${showNames(present)}`);
    const presentCopies = copied.flatMap((alias) => inFile.get(alias) ?? []);
    const [fileName, ...others] = untied === "count"
      ? [...presentCopies, ...present]
      : [...present, ...presentCopies];
    if (fileName === undefined) {
      found.missing.push(parameter);
    } else if (String(weights.dims(fileName)) !== String(dims)) {
      const got = showValue(weights.dims(fileName));
      found.mismatched.set(name, fileName);
      found.faults.push(`${showName(fileName)} has dims ${got}, wanted [${dims}]`);
    } else {
      found.names.set(name, fileName);
      if (untied === "agree" && others.length > 0) found.copies.set(name, others);
    }
  }
  for (const [name, fileNames] of inFile) {
    const bare = name.startsWith(rules.prefix) ? name.slice(rules.prefix.length) : name;
    if (known.has(name) || rules.ignored.some((prefix) => bare.startsWith(prefix))) continue;
    if (rules.ignoredEnds?.some((end) => bare.endsWith(end))) continue;
    found.unexpected.push(...fileNames);
  }
  return found;
}

/**
 * Resolves a model's parameters to tensors in its files. One error lists all discrepancies. Tensors
 * that the model does not have are left out, with a warning that lists them.
 *
 * @param weights The weights under their names in the files.
 * @param expected The model's parameters.
 * @param rules The family's rules.
 * @param model The model's name, for messages.
 * @param warn Called with the warning.
 * @returns The weights under the expected names, without optional parts that are absent.
 * @throws {RangeError} If tensors are missing, duplicate, or of the wrong dims.
 *
 * @example
 * ```ts
 * import { MemoryWeights, resolveWeights } from "@lsg/core/checkpoint";
 * import { assertEquals } from "@std/assert";
 *
 * const file = new MemoryWeights([["bert.bias", { dims: [1], data: new Float32Array([7]) }]]);
 * const expected = [{ name: "bias", dims: [1] }];
 * const weights = resolveWeights(file, expected, { prefix: "bert.", ignored: [] });
 * assertEquals(await weights.load("bias"), new Float32Array([7]));
 * ```
 */
export function resolveWeights(
  weights: Weights,
  expected: readonly ExpectedParameter[],
  rules: NameRules,
  model = "the model",
  warn: (message: string) => void = console.warn,
): Weights {
  const found = findParameters(weights, expected, rules);
  const presentParts = new Set(
    expected.filter(({ name }) => found.names.has(name)).map(({ optionalPart }) => optionalPart),
  );
  const missing = found.missing.filter(({ optionalPart }) =>
    optionalPart === undefined || presentParts.has(optionalPart)
  );
  assertNoFaults(found, missing, model);
  if (found.unexpected.length > 0) {
    warn(`${model} does not use these tensors of the checkpoint: ${showNames(found.unexpected)}`);
  }
  return new MappedWeights([...found.names].map(([name, inFile]) => {
    const copies = found.copies.get(name);
    const from = copies ? new ComparedWeights(weights, inFile, copies, model) : weights;
    return [name, { weights: from, name: inFile }];
  }));
}

/** Throws one error that lists all discrepancies. */
function assertNoFaults(
  found: FoundParameters,
  missing: readonly ExpectedParameter[],
  model: string,
): void {
  const problems = found.faults.slice(0, MAX_FAULTS);
  const others = found.faults.length - problems.length;
  if (others > 0) problems.push(`and ${others} more like these`);
  if (missing.length > 0) problems.push(`missing: ${showNames(missing.map(({ name }) => name))}`);
  if (problems.length === 0) return;
  // Under these names the missing ones may be there.
  if (found.unexpected.length > 0) problems.push(`unexpected: ${showNames(found.unexpected)}`);
  throw new RangeError(
    `The weights do not match ${model} as the config describes it:\n  ${problems.join("\n  ")}`,
  );
}
