import type { CheckpointFile, CheckpointSource } from "../../checkpoint/source.ts";

/** Files that were fetched, of all devices: each is read by many cases. */
const fetched = new Map<string, Promise<Uint8Array | undefined>>();

async function fetchFile(address: string): Promise<Uint8Array | undefined> {
  const response = await fetch(address);
  if (response.status === 404) {
    await response.body?.cancel();
    return undefined;
  }
  if (!response.ok) throw new Error(`Cannot fetch ${address}: status ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** A folder on a server. */
export class FetchSource implements CheckpointSource {
  /** URL of the folder. */
  readonly name: string;

  constructor(folder: string) {
    this.name = folder;
  }

  async open(fileName: string): Promise<CheckpointFile | undefined> {
    const address = `${this.name}/${fileName}`;
    if (!fetched.has(address)) fetched.set(address, fetchFile(address));
    const bytes = await fetched.get(address);
    if (bytes === undefined) return undefined;
    return {
      name: address,
      size: bytes.length,
      read: (start, end) => Promise.resolve(bytes.slice(start, end)),
    };
  }
}
