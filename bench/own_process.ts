/**
 * A script in a process of its own.
 *
 * @module
 */
import { fromFileUrl } from "@std/path";

/**
 * Runs a script that prints JSON.
 *
 * @param script Where it is.
 * @param args Its arguments.
 * @returns What it printed.
 * @throws {Error} If it fails, with what it wrote to standard error.
 */
export async function runJson(script: URL, args: readonly string[]): Promise<unknown> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    // Deno asks for all permissions before it reads /proc/self.
    args: ["run", "--quiet", "--no-check", "--allow-all", fromFileUrl(script), ...args],
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`${script.pathname} failed: ${decoder.decode(stderr)}`);
  return JSON.parse(decoder.decode(stdout));
}
