/**
 * The reference of the library, by `deno doc`.
 *
 * @module
 */
import { fromFileUrl } from "@std/path";
import config from "../../deno.json" with { type: "json" };

/**
 * Writes the reference of every exported module.
 *
 * @param folder Folder of its pages.
 */
export async function writeReference(folder: string): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["doc", "--quiet", "--html", `--name=${config.name}`, `--output=${folder}`],
      ...Object.values(config.exports),
    ],
    cwd: fromFileUrl(new URL("../../", import.meta.url)),
  }).output();
  if (!success) throw new Error(`Cannot write the reference: ${new TextDecoder().decode(stderr)}`);
}
