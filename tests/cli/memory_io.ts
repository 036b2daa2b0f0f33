import { assert } from "@std/assert";
import type { CommandIo } from "../../cli/output.ts";

/** Parses what `--json` prints: a value on each line. */
// deno-lint-ignore no-explicit-any
export function parseLines(out: string): any[] {
  assert(out.endsWith("\n"), out);
  return out.slice(0, -1).split("\n").map((line) => JSON.parse(line));
}

/** In-memory streams and files. */
export class MemoryIo implements CommandIo {
  out = "";
  err = "";
  files = new Map<string, string>();

  stdout(text: string): Promise<void> {
    this.out += text;
    return Promise.resolve();
  }

  stderr(text: string): Promise<void> {
    this.err += text;
    return Promise.resolve();
  }

  readFile(path: string): Promise<string> {
    const text = this.files.get(path);
    return text === undefined ? Promise.reject(new Error(`no ${path}`)) : Promise.resolve(text);
  }

  writeFile(path: string, text: string): Promise<void> {
    if (path.startsWith("/full/")) return Promise.reject(new Error("disk full"));
    this.files.set(path, text);
    return Promise.resolve();
  }
}
