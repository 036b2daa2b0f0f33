import { assertEquals } from "@std/assert";
import type { CheckpointFile, CheckpointSource } from "../../checkpoint/mod.ts";

/** What a test does to one value of a weight. */
export type Change = (value: number) => number;

/** A folder in whose `model.safetensors` the first value of one float32 tensor is changed. */
export class ChangedWeight implements CheckpointSource {
  readonly name = "a folder with a changed weight";
  readonly #folder: CheckpointSource;
  readonly #tensor: string;
  readonly #change: Change;

  constructor(folder: CheckpointSource, tensor: string, change: Change) {
    this.#folder = folder;
    this.#tensor = tensor;
    this.#change = change;
  }

  async open(fileName: string): Promise<CheckpointFile | undefined> {
    const file = await this.#folder.open(fileName);
    if (file === undefined || fileName !== "model.safetensors") return file;
    const bytes = await file.read(0, file.size);
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const headerEnd = 8 + Number(view.getBigUint64(0, true));
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, headerEnd)));
    const { dtype, data_offsets } = header[this.#tensor];
    assertEquals(dtype, "F32");
    const at = headerEnd + data_offsets[0];
    view.setFloat32(at, this.#change(view.getFloat32(at, true)), true);
    return {
      name: file.name,
      size: file.size,
      read: (start, end) => Promise.resolve(bytes.slice(start, end)),
    };
  }
}
