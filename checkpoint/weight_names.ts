import { MappedWeights } from "./mapped_weights.ts";
import type { Weights } from "./weights.ts";

/** A tensor that a model needs. */
export interface ExpectedParameter {
  /** Its name in the bare model, without the family's prefix. */
  name: string;
  /** The size of each dimension. */
  dims: readonly number[];
  /** Belongs to a head, so the family's prefix never stands before its name. */
  head?: true;
  /** Other names in files for the same tensor, which may be there or not: tied copies. */
  copies?: readonly string[];
  /** The part that it belongs to, if that part may be absent as a whole. */
  optionalPart?: string;
}

/** How the names in a family's files relate to those of the bare model. */
export interface NameRules {
  /** Stands before the bare model's names if the file was saved with a head. */
  prefix: string;
  /** Beginnings of the names of tensors that are passed over: buffers, parts that do not run. */
  ignored: readonly string[];
}

/** Where the expected parameters were found. */
export interface FoundParameters {
  /** The name in the file by the expected name. */
  names: Map<string, string>;
  /** Expected parameters that are nowhere in the file. */
  missing: ExpectedParameter[];
  /** Names in the file that nobody expects. */
  unexpected: string[];
  /** One sentence for each tensor whose dims are wrong or that stands in the file twice. */
  faults: string[];
}

/** Names that the parameters of layer norms have in old files. */
const OLD_NAMES: readonly [RegExp, string][] = [
  [/(norm)\.weight$/i, "$1.gamma"],
  [/(norm)\.bias$/i, "$1.beta"],
];

/** All names under which a tensor may stand in a file. */
function spellings(name: string, head: boolean, prefix: string): string[] {
  const old = OLD_NAMES.filter(([pattern]) => pattern.test(name))
    .map(([pattern, replacement]) => name.replace(pattern, replacement));
  return [name, ...old].flatMap((each) => head ? [each] : [each, prefix + each]);
}

/**
 * Looks for each expected parameter under every name that it may have.
 *
 * @param weights The weights under their names in the files.
 * @param expected What is looked for.
 * @param rules The family's rules.
 * @returns What was found, and all that is wrong.
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
  const found: FoundParameters = { names: new Map(), missing: [], unexpected: [], faults: [] };
  const known = new Set<string>();
  for (const parameter of expected) {
    const { name, dims, head = false, copies = [] } = parameter;
    const own = spellings(name, head, rules.prefix);
    const copied = copies.flatMap((copy) => spellings(copy, head, rules.prefix));
    for (const spelling of [...own, ...copied]) known.add(spelling);
    const present = own.filter((spelling) => weights.has(spelling));
    if (present.length > 1) found.faults.push(`${name} is there twice: ${present.join(", ")}`);
    const fileName = present[0] ?? copied.find((spelling) => weights.has(spelling));
    if (fileName === undefined) {
      found.missing.push(parameter);
    } else if (String(weights.dims(fileName)) !== String(dims)) {
      found.faults.push(`${fileName} has dims [${weights.dims(fileName)}], wanted [${dims}]`);
    } else {
      found.names.set(name, fileName);
    }
  }
  found.unexpected = weights.names().filter((name) => {
    const bare = name.startsWith(rules.prefix) ? name.slice(rules.prefix.length) : name;
    return !known.has(name) && !rules.ignored.some((beginning) => bare.startsWith(beginning));
  });
  return found;
}

/**
 * Gives a model's parameters their own names, whatever they are called in the files. All that
 * is wrong with the files is told in one error.
 *
 * @param weights The weights under their names in the files.
 * @param expected What the model needs.
 * @param rules The family's rules.
 * @param model What needs them, for the message.
 * @returns The weights under the expected names; a part that is optional and absent is left out.
 * @throws {RangeError} If tensors are missing, unexpected, there twice, or of other dims.
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
): Weights {
  const found = findParameters(weights, expected, rules);
  const presentParts = new Set(
    expected.filter(({ name }) => found.names.has(name)).map(({ optionalPart }) => optionalPart),
  );
  const missing = found.missing.filter(({ optionalPart }) =>
    optionalPart === undefined || presentParts.has(optionalPart)
  );
  assertNoFaults(found, missing, model);
  return new MappedWeights([...found.names].map(([name, inFile]) => [name, {
    weights,
    name: inFile,
  }]));
}

/** One error for all that is wrong. */
function assertNoFaults(
  found: FoundParameters,
  missing: readonly ExpectedParameter[],
  model: string,
): void {
  const problems = [...found.faults];
  if (missing.length > 0) {
    problems.push(`missing: ${missing.map(({ name }) => name).join(", ")}`);
  }
  if (found.unexpected.length > 0) problems.push(`unexpected: ${found.unexpected.join(", ")}`);
  if (problems.length > 0) {
    throw new RangeError(
      `the weights do not fit ${model} as the config describes it:\n  ${problems.join("\n  ")}`,
    );
  }
}
