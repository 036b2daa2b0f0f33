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
 * @param options `progress`: whether its standard error is shown while it runs; false if absent.
 * @returns The parsed output.
 * @throws {Error} If the script fails; the message has its standard error, unless that was shown.
 */
export async function runJson(
  script: URL,
  args: readonly string[],
  { progress = false }: { readonly progress?: boolean } = {},
): Promise<unknown> {
  const output = await new Deno.Command(Deno.execPath(), {
    // Deno requires all permissions to read /proc/self.
    args: ["run", "--quiet", "--no-check", "--allow-all", fromFileUrl(script), ...args],
    env: { NO_COLOR: "1" },
    stderr: progress ? "inherit" : "piped",
  }).output();
  const decoder = new TextDecoder();
  if (!output.success) {
    const message = progress ? "see above" : decoder.decode(output.stderr);
    throw new Error(`${script.pathname} failed: ${message}`);
  }
  return JSON.parse(decoder.decode(output.stdout));
}
