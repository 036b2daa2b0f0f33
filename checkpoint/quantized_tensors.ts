/**
 * Weights in 8 bits in a safetensors file: for each matrix `X` its integers, rotated and padded as
 * cpu/quantize.ts says, as the I8 tensor `X`, `[outputs, padded]`, and their steps as the F32 tensor
 * `X.steps`, `[outputs, blocks]`. All other tensors are F32. The metadata says so under a key of its
 * own, with the version of this form and the columns of the matrices that are padded.
 *
 * @module
 */
import { parseJsonObject } from "../base/json.ts";
import { showName, showValue } from "../base/show_value.ts";
import {
  quantizedFault,
  quantizedLayout,
  type QuantizedWeights,
} from "../tensor/quantized_layout.ts";
import type { SafetensorsFile } from "./safetensors_reader.ts";
import { streamTensors, type TensorToWrite } from "./safetensors_writer.ts";
import { isMatrix, QUANTIZED, type Weights } from "./weights.ts";

/** The version of the form. */
const VERSION = 1;

const STEPS = ".steps";

/** What `config.json` says about a checkpoint in 8 bits, so that no other library misreads it. */
export const QUANTIZATION_CONFIG: Readonly<Record<string, unknown>> = {
  quant_method: QUANTIZED,
  version: VERSION,
};

/** Weights of a file in 8 bits. As floats they are what the integers stand for, the rotation undone. */
class QuantizedFile implements Weights {
  readonly #file: SafetensorsFile;
  /** The columns of the matrices, by name. */
  readonly #columns: ReadonlyMap<string, number>;

  constructor(file: SafetensorsFile, columns: ReadonlyMap<string, number>) {
    this.#file = file;
    this.#columns = columns;
  }

  names(): string[] {
    return this.#file.names().filter((name) => !this.#columns.has(baseOf(name)));
  }

  has(name: string): boolean {
    return this.#file.has(name); // steps too, which an index of shards lists
  }

  dims(name: string): readonly number[] {
    const columns = this.#columns.get(name);
    const dims = this.#file.dims(name);
    return columns === undefined ? dims : [dims[0], columns];
  }

  async load(name: string): Promise<Float32Array> {
    const quantized = await this.loadQuantized(name);
    if (!quantized) return this.#file.load(name);
    const { dequantizeWeights } = await import("../cpu/quantize.ts");
    const values = dequantizeWeights(quantized);
    this.release(name, quantized.values);
    return values;
  }

  release(name: string, values: Float32Array | Uint16Array | Int8Array): void {
    this.#file.release(name, values);
  }

  async loadQuantized(name: string): Promise<QuantizedWeights | undefined> {
    const inputs = this.#columns.get(name);
    if (inputs === undefined) return undefined;
    const { buffer, byteOffset, length } = await this.#file.loadBytes(name);
    const weights = {
      inputs,
      values: new Int8Array(buffer, byteOffset, length),
      steps: await this.#file.load(name + STEPS),
    };
    const fault = quantizedFault(weights, this.dims(name));
    if (fault === undefined) return weights;
    throw new RangeError(`${this.#file.name}, tensor ${showName(name)}: has ${fault}`);
  }
}

/** The name of the integers that steps belong to; "" if the tensor's name is not that of steps. */
function baseOf(name: string): string {
  return name.endsWith(STEPS) ? name.slice(0, -STEPS.length) : "";
}

/**
 * Reads the weights of a file in 8 bits; those of another file are the file itself.
 *
 * @param file The file.
 * @returns The weights; no tensor is loaded yet.
 * @throws {RangeError} If the version of the form is unknown.
 * @throws {SyntaxError} If the metadata is malformed, integers lack their steps, or the shapes do
 * not fit each other.
 *
 * @example
 * ```ts
 * import {
 *   MemorySource,
 *   MemoryWeights,
 *   openSafetensors,
 *   readQuantized,
 *   streamQuantized,
 * } from "@lsg/core/checkpoint";
 * import { assertEquals } from "@std/assert";
 *
 * const data = Float32Array.of(-254, 100, 0, 127);
 * const weights = new MemoryWeights([["dense.weight", { dims: [2, 2], data }]]);
 * const bytes = await new Response(ReadableStream.from(streamQuantized(weights))).bytes();
 * const source = new MemorySource({ "model.safetensors": bytes });
 * const file = await openSafetensors((await source.open("model.safetensors"))!);
 * const read = readQuantized(file);
 * assertEquals([...file.dims("dense.weight")], [2, 64]); // integers, padded
 * assertEquals([...read.dims("dense.weight")], [2, 2]);
 * assertEquals(await read.load("dense.weight"), data); // what these integers stand for
 * ```
 */
export function readQuantized(file: SafetensorsFile): Weights {
  const json = file.metadata.get(QUANTIZED);
  if (json === undefined) return file;
  const { version, columns: padded = {} } = parseJsonObject(json, `${file.name}, ${QUANTIZED}`);
  if (version !== VERSION) {
    throw new RangeError(
      `Cannot read the 8-bit weights of ${file.name}: they are of version ${showValue(version)}, ` +
        `wanted ${VERSION}`,
    );
  }
  const given = new Map(Object.entries(Object(padded)));
  const columns = new Map<string, number>();
  for (const name of file.names()) {
    const { dtype, dims: [outputs, width] } = file.entry(name);
    if (dtype !== "I8") continue;
    const inputs = given.get(name) ?? width;
    given.delete(name);
    if (!Number.isSafeInteger(inputs) || quantizedLayout(Number(inputs)).padded !== width) {
      const wanted = `${showValue(inputs)} columns in a multiple of 64`;
      throw malformed(file, name, `rows of ${showValue(width)} integers`, wanted);
    }
    columns.set(name, Number(inputs));
    expectSteps(file, name, outputs, quantizedLayout(Number(inputs)).blocks);
  }
  for (const name of given.keys()) throw malformed(file, name, "columns", "an I8 tensor");
  for (const name of file.names()) {
    const base = baseOf(name);
    if (base === "" || columns.has(base)) continue;
    throw malformed(file, name, "steps", `an I8 tensor ${showName(base)}`);
  }
  return new QuantizedFile(file, columns);
}

function expectSteps(file: SafetensorsFile, name: string, outputs: number, blocks: number): void {
  const steps = name + STEPS;
  const { dtype, dims } = file.has(steps) ? file.entry(steps) : { dtype: "no", dims: [] };
  if (dtype === "F32" && String(dims) === String([outputs, blocks])) return;
  const found = dtype === "no" ? "no steps" : `steps ${dtype} ${showValue(dims)}`;
  throw malformed(file, name, found, `F32 [${outputs}, ${blocks}]`);
}

function malformed(
  file: SafetensorsFile,
  name: string,
  found: string,
  wanted: string,
): SyntaxError {
  return new SyntaxError(`${file.name}, tensor ${showName(name)}: has ${found}, wanted ${wanted}`);
}

/**
 * Rounds a matrix to 8 bits.
 *
 * @param weights The weights.
 * @param name Name of the matrix, `[outputs, inputs]`.
 * @returns Its integers and their steps; if the weights have them already, those.
 * @throws {RangeError} If there is no such matrix.
 */
export async function roundMatrix(weights: Weights, name: string): Promise<QuantizedWeights> {
  const { quantizeWeights } = await import("../cpu/quantize.ts");
  const [outputs, inputs] = weights.dims(name);
  return await weights.loadQuantized?.(name) ??
    quantizeWeights(await weights.load(name), outputs, inputs);
}

/**
 * Writes weights as a safetensors file in 8 bits, one tensor after the other.
 *
 * @param weights The weights; matrices that are integers already are written as they are.
 * @returns The file's bytes: a chunk for the header, then one per tensor.
 * @throws {RangeError} If a weight is too large for 8 bits or NaN, or a name is one that steps have.
 *
 * @example
 * ```ts
 * import { MemoryWeights, streamQuantized } from "@lsg/core/checkpoint";
 * import { assertEquals } from "@std/assert";
 *
 * const data = new Float32Array(64 * 64);
 * const weights = new MemoryWeights([["dense.weight", { dims: [64, 64], data }]]);
 * const [_header, integers, steps] = await Array.fromAsync(streamQuantized(weights));
 * assertEquals(integers.length, 64 * 64); // a quarter of the floats' bytes
 * assertEquals(steps.length, 64 * 4); // a float a row
 * ```
 */
export async function* streamQuantized(weights: Weights): AsyncGenerator<Uint8Array> {
  const columns: Record<string, number> = {};
  for (const name of weights.names()) {
    if (baseOf(name) === "") continue;
    throw new RangeError(
      `Cannot write tensor ${showName(name)} in 8 bits: its name ends as those of steps do, ` +
        `wanted one that does not end with "${STEPS}"`,
    );
  }
  const tensors = weights.names().sort().flatMap((name): TensorToWrite[] => {
    const dims = weights.dims(name);
    if (!isMatrix(name, dims)) return [{ name, dims, dtype: "F32" }];
    const [outputs, inputs] = dims;
    const { padded, blocks } = quantizedLayout(inputs);
    if (padded !== inputs) columns[name] = inputs;
    return [
      { name, dims: [outputs, padded], dtype: "I8" },
      { name: name + STEPS, dims: [outputs, blocks], dtype: "F32" },
    ];
  });
  const isQuantized = new Set(
    tensors.filter(({ dtype }) => dtype === "I8").map(({ name }) => name),
  );
  let steps = new Float32Array(); // of the integers that were written last
  const metadata = {
    format: QUANTIZED, // transformers refuses other formats than its own
    [QUANTIZED]: JSON.stringify({ version: VERSION, columns }),
  };
  yield* streamTensors(tensors, async (name) => {
    if (isQuantized.has(baseOf(name))) return steps;
    if (!isQuantized.has(name)) return await weights.load(name);
    const dims = weights.dims(name);
    const quantized = await roundMatrix(weights, name);
    const fault = quantizedFault(quantized, dims);
    if (fault) {
      throw new RangeError(`Cannot write tensor ${showName(name)} in 8 bits: got ${fault}`);
    }
    steps = quantized.steps as Float32Array<ArrayBuffer>;
    return quantized.values;
  }, metadata);
}
