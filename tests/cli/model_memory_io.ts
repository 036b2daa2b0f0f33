import { fromFileUrl } from "@std/path";
import type { ModelIo } from "../../cli/model_io.ts";
import { MemoryIo } from "./memory_io.ts";

export { withNewFolder } from "../helpers/with_folder.ts";

/** A checkpoint without LSG, small enough to run in each test. */
export const MODEL: string = fromFileUrl(
  new URL("../golden/conversion/roberta_512", import.meta.url),
);

/** Returns the path of a checkpoint with a head; tools/golden/task_models.py lists them. */
export function taskModel(name: string): string {
  return fromFileUrl(new URL(`../golden/pipelines/${name}`, import.meta.url));
}

/** In-memory streams and files for commands that run models. */
export class ModelMemoryIo extends MemoryIo implements ModelIo {
  stdinIsTerminal = false;
  stdoutIsTerminal = false;
  stderrIsTerminal = false;
  stderrColumns = 100;
  bytes = new Map<string, Uint8Array>();

  /** Creates streams with the given standard input. */
  constructor(stdin?: string) {
    super();
    if (stdin !== undefined) this.files.set("-", stdin);
  }

  checkOutput(path: string): Promise<void> {
    return path.startsWith("/full/") ? Promise.reject(new Error("disk full")) : Promise.resolve();
  }

  async writeBytes(path: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const bytes = await new Response(ReadableStream.from(chunks)).bytes();
    this.bytes.set(path, bytes);
  }

  async *streamText(path: string): AsyncGenerator<string> {
    yield await this.readFile(path);
  }
}
