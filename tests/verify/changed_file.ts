import { assertEquals } from "@std/assert";
import type { CheckpointFile, CheckpointSource } from "../../checkpoint/mod.ts";

/** Changes one value of a weight. */
export type Change = (value: number) => number;

/** A folder with planted changes in the bytes of one file. */
export class ChangedFile implements CheckpointSource {
  readonly name = "a folder with a changed file";
  readonly #folder: CheckpointSource;
  readonly #fileName: string;
  readonly #change: (bytes: Uint8Array) => void;

  constructor(folder: CheckpointSource, fileName: string, change: (bytes: Uint8Array) => void) {
    this.#folder = folder;
    this.#fileName = fileName;
    this.#change = change;
  }

  async open(fileName: string): Promise<CheckpointFile | undefined> {
    const file = await this.#folder.open(fileName);
    if (file === undefined || fileName !== this.#fileName) return file;
    const bytes = await file.read(0, file.size);
    this.#change(bytes);
    return {
      name: file.name,
      size: file.size,
      read: (start, end) => Promise.resolve(bytes.slice(start, end)),
    };
  }
}

/** Changes the first value of a float32 tensor in the `model.safetensors` of a folder. */
export function changeWeight(
  folder: CheckpointSource,
  tensor: string,
  change: Change,
): CheckpointSource {
  return new ChangedFile(folder, "model.safetensors", (bytes) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const headerEnd = headerEndOf(bytes);
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, headerEnd)));
    const { dtype, data_offsets } = header[tensor];
    assertEquals(dtype, "F32");
    const offset = headerEnd + data_offsets[0];
    view.setFloat32(offset, change(view.getFloat32(offset, true)), true);
  });
}

/** Renames all tensors of a golden file, except those of some names. */
export function renameTensors(
  folder: CheckpointSource,
  fileName: string,
  kept: readonly string[],
): CheckpointSource {
  return new ChangedFile(folder, fileName, (bytes) => {
    const headerEnd = headerEndOf(bytes);
    const header = new TextDecoder().decode(bytes.subarray(8, headerEnd));
    const renamed = header.replace(
      /\/(\w+)"/g,
      (whole, name) => kept.includes(name) ? whole : `/${name[0].toUpperCase()}${name.slice(1)}"`,
    );
    bytes.set(new TextEncoder().encode(renamed), 8);
  });
}

function headerEndOf(bytes: Uint8Array): number {
  return 8 + Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
}
