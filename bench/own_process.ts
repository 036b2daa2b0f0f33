/**
 * Scripts in separate processes.
 *
 * @module
 */
import { fromFileUrl } from "@std/path";

/**
 * Runs a script that prints JSON.
 *
 * @param script URL of the script.
 * @param args Arguments of the script.
 * @returns The parsed output.
 * @throws {Error} If the script fails; the message has its standard error.
 */
export async function runJson(script: URL, args: readonly string[]): Promise<unknown> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    // Deno requires all permissions to read /proc/self.
    args: ["run", "--quiet", "--no-check", "--allow-all", fromFileUrl(script), ...args],
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`${script.pathname} failed: ${decoder.decode(stderr)}`);
  return JSON.parse(decoder.decode(stdout));
}
