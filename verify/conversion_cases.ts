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
  type Weights,
} from "../checkpoint/mod.ts";
import type { VerifyCase } from "./case.ts";
import { compare, type Comparison, nameFault } from "./compare.ts";
import { type GoldenCase, GoldenFile } from "./golden_file.ts";

/** Golden files: of encoders, and of encoder-decoders. */
export const FILES: readonly string[] = ["golden.safetensors", "seq2seq.safetensors"];

/**
 * Reads all cases of conversion, whose tensors must be bitwise equal.
 *
 * @param source Folder of the golden files.
 * @param folderOf Returns the folder of an original checkpoint by name.
 * @returns The cases.
 */
export async function conversionCases(
  source: CheckpointSource,
  folderOf: (name: string) => CheckpointSource,
): Promise<VerifyCase[]> {
  const files = await Promise.all(FILES.map((name) => GoldenFile.open(source, name)));
  return files.flatMap((file) =>
    file.cases.map((golden) => ({
      name: `conversion/${golden.name}`,
      source: golden.source,
      anyBackend: true,
      run: () => verifyConversion(file, golden, folderOf(String(golden.parameters.source))),
    }))
  );
}

async function verifyConversion(
  file: GoldenFile,
  golden: GoldenCase,
  original: CheckpointSource,
): Promise<Comparison[]> {
  const { source: _, ...options } = golden.parameters;
  const config = await readConfig(original);
  const weights = await openWeights(original);
  const specialTokens = await readSpecialTokenIds(original, config);
  const converted = await convertToLsg({ config, weights, specialTokens }, options);
  return await compareWeights(file, golden, weights, converted.weights);
}

/**
 * Compares converted weights with the golden ones, and those that are not in the golden with the
 * original ones.
 *
 * @param file The file of the golden.
 * @param golden The golden case: weights that a conversion changes.
 * @param original Weights before the conversion.
 * @param converted Weights after it.
 * @returns A comparison for each weight, and a failed one if there are too few.
 */
export async function compareWeights(
  file: GoldenFile,
  golden: GoldenCase,
  original: Weights,
  converted: Weights,
): Promise<Comparison[]> {
  const changed = file.tensors(golden);
  const comparisons: Comparison[] = [];
  for (const name of converted.names()) {
    const expected = changed.includes(name)
      ? await file.floats(golden, name)
      : { dims: original.dims(name), data: await original.load(name) };
    const actual = { dims: converted.dims(name), data: await converted.load(name) };
    comparisons.push(nameFault(name, compare(actual, expected, 0)));
  }
  // Another architecture has another head; else each weight of the original is kept.
  const kept = golden.parameters.architecture === undefined ? original.names() : [];
  const missing = [...changed, ...kept].filter((name) => !converted.has(name));
  if (missing.length > 0) {
    const fault = `not converted: ${missing.join(", ")}`;
    comparisons.push({ passed: false, largestError: Infinity, bound: 0, fault });
  }
  return comparisons;
}
