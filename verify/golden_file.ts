/**
 * Files of golden tensors, computed by the published packages.
 *
 * @module
 */
import { type CheckpointSource, openSafetensors, type SafetensorsFile } from "../checkpoint/mod.ts";
import type { Values } from "./compare.ts";

/** A case of a golden file. */
export interface GoldenCase {
  /** Name, the prefix of its tensors' names. */
  readonly name: string;
  /** Parameters of the computation. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Package or dense reference that computed it. */
  readonly source: string;
}

/** An open golden file. */
export class GoldenFile {
  /** Cases of the file. */
  readonly cases: readonly GoldenCase[];
  #file: SafetensorsFile;

  private constructor(file: SafetensorsFile, cases: readonly GoldenCase[]) {
    this.#file = file;
    this.cases = cases;
  }

  /**
   * Opens a golden file.
   *
   * @param source Folder of the file.
   * @param fileName Name of the file.
   * @returns The file.
   * @throws {RangeError} If the file does not exist or has no cases.
   */
  static async open(source: CheckpointSource, fileName: string): Promise<GoldenFile> {
    const handle = await source.open(fileName);
    if (!handle) {
      throw new RangeError(`Cannot open ${source.name}/${fileName}: wanted a golden file`);
    }
    const file = await openSafetensors(handle);
    const cases = JSON.parse(file.metadata.get("cases") ?? "[]") as GoldenCase[];
    if (cases.length === 0) {
      throw new RangeError(`Cannot use ${source.name}/${fileName}: it has no cases`);
    }
    return new GoldenFile(file, cases);
  }

  /** Returns whether a case has a tensor. */
  has(golden: GoldenCase, tensor: string): boolean {
    return this.#file.has(`${golden.name}/${tensor}`);
  }

  /** Lists the names of a case's tensors. */
  tensors(golden: GoldenCase): string[] {
    const prefix = `${golden.name}/`;
    return this.#file.names().filter((name) => name.startsWith(prefix)).map((name) =>
      name.slice(prefix.length)
    );
  }

  /** Returns the dimensions of a tensor. */
  dims(golden: GoldenCase, tensor: string): readonly number[] {
    return this.#file.dims(`${golden.name}/${tensor}`);
  }

  /** Loads a tensor of floats. */
  async floats(golden: GoldenCase, tensor: string): Promise<Values> {
    const name = `${golden.name}/${tensor}`;
    return { dims: this.#file.dims(name), data: await this.#file.load(name) };
  }

  /** Loads a tensor of integers; undefined if the case does not have it. */
  async integers(golden: GoldenCase, tensor: string): Promise<Int32Array | undefined> {
    if (!this.has(golden, tensor)) return undefined;
    return await this.#file.loadIntegers(`${golden.name}/${tensor}`);
  }
}
