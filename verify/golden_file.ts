/**
 * Files of golden tensors: what the published packages computed.
 *
 * @module
 */
import { type CheckpointSource, openSafetensors, type SafetensorsFile } from "../checkpoint/mod.ts";
import type { Values } from "./compare.ts";

/** One case of a golden file. */
export interface GoldenCase {
  /** Its name, which its tensors' names begin with. */
  readonly name: string;
  /** What it was computed with. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Which package or dense form computed it. */
  readonly source: string;
}

/** An open golden file. */
export class GoldenFile {
  /** Its cases. */
  readonly cases: readonly GoldenCase[];
  #file: SafetensorsFile;

  private constructor(file: SafetensorsFile, cases: readonly GoldenCase[]) {
    this.#file = file;
    this.cases = cases;
  }

  /**
   * Opens a golden file.
   *
   * @param source The folder that holds it.
   * @param fileName Its name.
   * @returns The file.
   * @throws {RangeError} If there is no such file or it has no cases.
   */
  static async open(source: CheckpointSource, fileName: string): Promise<GoldenFile> {
    const handle = await source.open(fileName);
    if (!handle) throw new RangeError(`There is no golden file ${source.name}/${fileName}`);
    const file = await openSafetensors(handle);
    const cases = JSON.parse(file.metadata.get("cases") ?? "[]") as GoldenCase[];
    if (cases.length === 0) throw new RangeError(`${source.name}/${fileName} has no cases`);
    return new GoldenFile(file, cases);
  }

  /** Whether a case has a tensor. */
  has(golden: GoldenCase, tensor: string): boolean {
    return this.#file.has(`${golden.name}/${tensor}`);
  }

  /** Names of a case's tensors. */
  tensors(golden: GoldenCase): string[] {
    const prefix = `${golden.name}/`;
    return this.#file.names().filter((name) => name.startsWith(prefix)).map((name) =>
      name.slice(prefix.length)
    );
  }

  /** The length of each dimension of a tensor. */
  dims(golden: GoldenCase, tensor: string): readonly number[] {
    return this.#file.dims(`${golden.name}/${tensor}`);
  }

  /** A tensor of floats. */
  async floats(golden: GoldenCase, tensor: string): Promise<Values> {
    const name = `${golden.name}/${tensor}`;
    return { dims: this.#file.dims(name), data: await this.#file.load(name) };
  }

  /** A tensor of whole numbers, or undefined if the case has none of that name. */
  async integers(golden: GoldenCase, tensor: string): Promise<Int32Array | undefined> {
    if (!this.has(golden, tensor)) return undefined;
    return await this.#file.loadIntegers(`${golden.name}/${tensor}`);
  }
}
