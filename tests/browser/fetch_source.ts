import type { CheckpointFile, CheckpointSource } from "../../checkpoint/source.ts";

/** A folder that a server has. */
export class FetchSource implements CheckpointSource {
  /** The folder's address. */
  readonly name: string;

  constructor(folder: string) {
    this.name = folder;
  }

  async open(fileName: string): Promise<CheckpointFile | undefined> {
    const address = `${this.name}/${fileName}`;
    const response = await fetch(address);
    if (response.status === 404) {
      await response.body?.cancel();
      return undefined;
    }
    if (!response.ok) throw new Error(`Cannot fetch ${address}: status ${response.status}`);
    const bytes = new Uint8Array(await response.arrayBuffer());
    return {
      name: address,
      size: bytes.length,
      read: (start, end) => Promise.resolve(bytes.slice(start, end)),
    };
  }
}
