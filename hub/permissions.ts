/**
 * Deno's permissions: errors that name the missing flag, environment variables.
 *
 * @module
 */

/**
 * Names the missing flag in an error of a refused permission.
 *
 * @param error The error thrown.
 * @param attempt The attempted action, such as "read the cache".
 * @param flag The narrowest flag that allows it.
 * @returns For a refused permission an error of the same class; any other error unchanged.
 *
 * @example
 * ```ts
 * import { namePermission } from "@lsg/core/hub";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const refused = new Deno.errors.NotCapable("Requires read access");
 * const named = namePermission(refused, "read models", "--allow-read=models") as Error;
 * assert(named instanceof Deno.errors.NotCapable);
 * assertEquals(named.message, "Cannot read models: run again with --allow-read=models");
 * ```
 */
export function namePermission(error: unknown, attempt: string, flag: string): unknown {
  if (!(error instanceof Error) || error.name !== "NotCapable") return error;
  const SameClass = error.constructor as ErrorConstructor;
  return new SameClass(`Cannot ${attempt}: run again with ${flag}`, { cause: error });
}

/**
 * Returns whether an error is one of the file system, such as a full or a read-only disk, or of
 * Node's permissions; not one of Deno's permissions.
 *
 * @param error The error thrown.
 * @returns True if it has a code like "ENOSPC".
 *
 * @example
 * ```ts
 * import { isSystemError } from "@lsg/core/hub";
 * import { assert } from "@std/assert";
 *
 * assert(isSystemError(Object.assign(new Error("disk full"), { code: "ENOSPC" })));
 * assert(!isSystemError(new RangeError("wrong hash")));
 * ```
 */
export function isSystemError(error: unknown): error is Error & { readonly code: string } {
  if (!(error instanceof Error) || error.name === "NotCapable") return false;
  const { code } = error as { code?: unknown };
  return typeof code === "string" && /^(E(?!RR_)[A-Z0-9]+|ERR_ACCESS_DENIED)$/.test(code);
}

/** The parts of Deno used here. */
interface DenoEnvironment {
  readonly permissions: {
    querySync(descriptor: { name: "env"; variable: string }): { state: string };
  };
  readonly env: { get(name: string): string | undefined };
}

/**
 * Reads an environment variable without prompting for permission.
 *
 * @param name The variable.
 * @returns Its value; undefined if it is not set, may not be read, or there is no environment.
 *
 * @example
 * ```ts
 * import { readVariable } from "@lsg/core/hub";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(readVariable("NO_SUCH_VARIABLE"), undefined);
 * ```
 */
export function readVariable(name: string): string | undefined {
  const { Deno: deno } = globalThis as { Deno?: DenoEnvironment };
  if (deno) {
    const { state } = deno.permissions.querySync({ name: "env", variable: name });
    return state === "granted" ? deno.env.get(name) || undefined : undefined;
  }
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  return process?.env?.[name] || undefined;
}
