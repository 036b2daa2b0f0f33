/**
 * Cases of conversion to LSG.
 *
 * @module
 */
import {
  type CheckpointSource,
  convertToLsg,
  openWeights,
  readConfig,
  readSpecialTokenIds,
} from "../checkpoint/mod.ts";
import type { VerifyCase } from "./case.ts";
import { compare, type Comparison, named } from "./compare.ts";
import { type GoldenCase, GoldenFile } from "./golden_file.ts";

/**
 * All cases of conversion: tensors must be equal bit for bit.
 *
 * @param source The folder of the golden file.
 * @param folderOf Gives the folder of a vanilla checkpoint by its name.
 * @returns The cases.
 */
export async function conversionCases(
  source: CheckpointSource,
  folderOf: (name: string) => CheckpointSource,
): Promise<VerifyCase[]> {
  const file = await GoldenFile.open(source, "golden.safetensors");
  return file.cases.map((golden) => ({
    name: `conversion/${golden.name}`,
    source: golden.source,
    anyBackend: true,
    run: () => verifyConversion(file, golden, folderOf(String(golden.parameters.source))),
  }));
}

async function verifyConversion(
  file: GoldenFile,
  golden: GoldenCase,
  vanilla: CheckpointSource,
): Promise<Comparison[]> {
  const { source: _, ...options } = golden.parameters;
  const config = await readConfig(vanilla);
  const weights = await openWeights(vanilla);
  const specialTokens = await readSpecialTokenIds(vanilla, config);
  const converted = await convertToLsg({ config, weights, specialTokens }, options);
  const changed = file.tensors(golden);
  const comparisons: Comparison[] = [];
  for (const name of converted.weights.names()) {
    const expected = changed.includes(name)
      ? await file.floats(golden, name)
      : { dims: weights.dims(name), data: await weights.load(name) };
    const actual = {
      dims: converted.weights.dims(name),
      data: await converted.weights.load(name),
    };
    comparisons.push(named(name, compare(actual, expected, 0)));
  }
  const missing = changed.filter((name) => !converted.weights.has(name));
  if (missing.length > 0) {
    const fault = `not converted: ${missing.join(", ")}`;
    comparisons.push({ passed: false, largestError: Infinity, bound: 0, fault });
  }
  return comparisons;
}
