/**
 * The reference of the library, by `deno doc`, and the list of its modules.
 *
 * @module
 */
import { fromFileUrl, join, relative } from "@std/path";
import config from "../../deno.json" with { type: "json" };

const ROOT = fromFileUrl(new URL("../../", import.meta.url));

/** Folder of the reference in the site. */
const FOLDER = "api";

/**
 * Writes the reference of every exported module.
 *
 * @param site Folder of the site.
 */
export async function writeReference(site: string): Promise<void> {
  const folder = join(site, FOLDER);
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["doc", "--quiet", "--html", `--name=${config.name}`, `--output=${folder}`],
      ...Object.values(config.exports),
    ],
    cwd: ROOT,
  }).output();
  if (!success) throw new Error(`Cannot write the reference: ${new TextDecoder().decode(stderr)}`);
  await adapt(folder, relative(folder, join(site, "icon.svg")));
}

/** Gives each page below a folder the site's icon, and the package's name in its first import. */
async function adapt(folder: string, icon: string): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) await adapt(path, `../${icon}`);
    if (!name.endsWith(".html")) continue;
    const page = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, adaptPage(page, icon));
  }
}

/**
 * Adapts a page of `deno doc`.
 *
 * @param page The page.
 * @param icon Address of the icon.
 * @returns The page with the icon and with an import that a reader can paste.
 */
export function adaptPage(page: string, icon: string): string {
  return page
    .replace("<head>", `<head><link rel="icon" href="${icon}" type="image/svg+xml">`)
    .replace(
      /(Usage<\/h3>.{0,100}?<code[^>]*>import [^;]*? from &quot;)([\w./]+)(?=&quot;;)/s,
      (_, before, name) => `${before}${config.name}${name === "." ? "" : `/${name}`}`,
    );
}

/**
 * Lists the modules of the reference.
 *
 * @returns Terms and descriptions, as HTML: the first sentence of each module's documentation.
 * @throws {SyntaxError} If a module has no documentation.
 */
export async function listModules(): Promise<string> {
  const items = Object.entries(config.exports).map(async ([name, path]) => {
    const text = await Deno.readTextFile(join(ROOT, path));
    const [, sentence] = text.match(/^\/\*\*\n \* (.*?\.)(?= |\n \*\n| \*\/)/s) ?? [];
    if (!sentence) throw new SyntaxError(`Cannot list ${path}: it has no documentation`);
    const described = sentence.replaceAll(/\n \* ?/g, " ")
      .replaceAll(/`([^`]*)`/g, "<code>$1</code>");
    const address = `../${FOLDER}/${name === "." ? "" : `${name.slice(2)}/`}`;
    return `<div><dt><a href="${address}">${config.name}${name.slice(1)}</a></dt>` +
      `<dd>${described}</dd></div>`;
  });
  return (await Promise.all(items)).join("\n");
}
