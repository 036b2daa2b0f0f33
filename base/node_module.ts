/**
 * Modules of Node, where the runtime has them. No file of the library that a page may load imports
 * `node:` by name, as bundlers would look for it.
 *
 * @module
 */

/** The modules that are used, by name. */
export interface NodeModules {
  /** Hashes. */
  "node:crypto": typeof import("node:crypto");
  /** Constants of files. */
  "node:fs": typeof import("node:fs");
  /** Files. */
  "node:fs/promises": typeof import("node:fs/promises");
  /** The number of cores. */
  "node:os": typeof import("node:os");
  /** Paths. */
  "node:path": typeof import("node:path");
  /** The streams of the process. */
  "node:process": typeof import("node:process");
  /** Threads. */
  "node:worker_threads": typeof import("node:worker_threads");
}

/**
 * Returns a module of Node.
 *
 * @param name Its name.
 * @returns The module, in Deno, Node and Bun.
 * @throws {Error} If the runtime has none, as in a browser.
 */
export function nodeModule<Name extends keyof NodeModules>(name: Name): NodeModules[Name] {
  const { process } = globalThis as {
    process?: { getBuiltinModule?(name: string): unknown };
  };
  const found = process?.getBuiltinModule?.(name);
  if (found === undefined) {
    throw new Error(`Cannot load ${name}: wanted Deno, Node 20.16 or newer, or Bun, not a browser`);
  }
  return found as NodeModules[Name];
}
