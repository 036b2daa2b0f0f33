import type { CheckpointFile, CheckpointSource } from "../../checkpoint/source.ts";

/** A folder on a server. */
export class FetchSource implements CheckpointSource {
  /** URL of the folder. */
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
