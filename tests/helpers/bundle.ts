/** Bundling of modules for pages and Node. */
import { fromFileUrl } from "@std/path";

/**
 * Bundles a module with all that it imports.
 *
 * @param module Path of the module, relative to the root of the repository.
 * @param output Path of the bundle.
 */
export async function bundle(module: string, output: string): Promise<void> {
  const root = fromFileUrl(new URL("../../", import.meta.url));
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--platform", "browser", "--output", output, module],
    cwd: root,
  }).output();
  if (!success) throw new Error(`Cannot bundle ${module}: ${new TextDecoder().decode(stderr)}`);
}
