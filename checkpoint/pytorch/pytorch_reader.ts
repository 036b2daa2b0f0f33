import { showName } from "../../base/show_value.ts";
import { bytesPerElement, decodeFloats, decodeIntegers, type Dtype } from "../dtypes.ts";
import { downloadHint } from "../download_hint.ts";
import { freeRead, readRange } from "../read_range.ts";
import type { CheckpointFile } from "../source.ts";
import type { Weights } from "../weights.ts";
import { malformed, refused, withOrigin } from "./fault.ts";
import { openLegacyFile } from "./legacy_file.ts";
import type { PickledFile } from "./pickled_file.ts";
import { readStateDict } from "./state_dict.ts";
import { rangeOf, type TensorView, toRowMajor } from "./tensor_view.ts";
import { openZipFile } from "./zip_file.ts";

/** An open file of `torch.save` with a checked pickle; see {@linkcode openPytorch}. */
export interface PytorchFile extends Weights {
  /**
   * Returns the element type of a tensor, as safetensors spells it; throws a RangeError if there is
   * none.
   */
  dtype(name: string): Dtype;
  /**
   * Reads the elements of an integer tensor in row-major order; rejects with a TypeError if it does
   * not hold integers, with a RangeError if one does not fit into int32.
   */
  loadIntegers(name: string): Promise<Int32Array>;
}

class StateDictFile implements PytorchFile {
  readonly #file: CheckpointFile;
  readonly #locate: PickledFile["locate"];
  readonly #tensors: ReadonlyMap<string, TensorView>;

  constructor(file: CheckpointFile, { root, locate }: PickledFile) {
    this.#file = file;
    this.#locate = locate;
    this.#tensors = readStateDict(root);
  }

  names(): string[] {
    return [...this.#tensors.keys()];
  }

  has(name: string): boolean {
    return this.#tensors.has(name);
  }

  dims(name: string): readonly number[] {
    return this.#get(name).dims;
  }

  dtype(name: string): Dtype {
    return this.#get(name).storage.dtype;
  }

  async load(name: string): Promise<Float32Array> {
    const bytes = await this.#read(name);
    const values = decodeFloats(bytes, this.dtype(name), name);
    if (values.buffer !== bytes.buffer) freeRead(this.#file, bytes);
    return values;
  }

  release(_name: string, values: ArrayBufferView): void {
    freeRead(this.#file, values);
  }

  async loadIntegers(name: string): Promise<Int32Array> {
    return decodeIntegers(await this.#read(name), this.dtype(name), name);
  }

  async #read(name: string): Promise<Uint8Array> {
    const tensor = this.#get(name);
    const { start, end } = rangeOf(tensor);
    if (start === end) return new Uint8Array(0);
    const first = await withOrigin(this.#file.name, () => this.#locate(tensor.storage));
    const size = bytesPerElement(tensor.storage.dtype);
    const bytes = await readRange(this.#file, first + start * size, first + end * size);
    const ordered = toRowMajor(tensor, bytes);
    if (ordered !== bytes) freeRead(this.#file, bytes);
    return ordered;
  }

  #get(name: string): TensorView {
    const tensor = this.#tensors.get(name);
    if (tensor === undefined) {
      throw new RangeError(`${this.#file.name} has no tensor ${showName(name)}`);
    }
    return tensor;
  }
}

/**
 * Reads and checks the pickle of a file of `torch.save`: a dictionary of tensors, or a dictionary
 * that holds one under `state_dict`, `model`, `model_state_dict` or `module`. Both formats are read,
 * that of PyTorch 1.6 and the one before. Nothing in the file is executed. Loading a tensor reads
 * its bytes only.
 *
 * @param file The file.
 * @returns The file, ready to load tensors from.
 * @throws {SyntaxError} If the file is malformed.
 * @throws {RangeError} If it holds something other than tensors, names the pickle must not import
 *   among it, or is too large.
 *
 * @example
 * ```ts
 * import { MemorySource, openPytorch } from "@lsg/core/checkpoint";
 * import { assertRejects } from "@std/assert";
 *
 * const source = new MemorySource({ "pytorch_model.bin": "<html>" });
 * const file = (await source.open("pytorch_model.bin"))!;
 * await assertRejects(() => openPytorch(file), SyntaxError, "a web page");
 * ```
 */
export function openPytorch(file: CheckpointFile): Promise<PytorchFile> {
  return withOrigin(file.name, async () => new StateDictFile(file, await openPickled(file)));
}

async function openPickled(file: CheckpointFile): Promise<PickledFile> {
  const prefix = await readRange(file, 0, Math.min(8, file.size));
  if (prefix[0] === 0x50 && prefix[1] === 0x4b) return await openZipFile(file); // PK
  if (prefix[0] === 0x80) return await openLegacyFile(file);
  if (file.size > 262 && String.fromCharCode(...await readRange(file, 257, 262)) === "ustar") {
    throw refused("it is a tar archive of a PyTorch before 0.1.10, which is not supported");
  }
  throw malformed(`it is not a file of torch.save${downloadHint(prefix)}`);
}
