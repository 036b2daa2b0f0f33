/**
 * Builds the site.
 *
 * @module
 */
import { dirname, fromFileUrl, join } from "@std/path";
import { writePage } from "../shell/page.ts";
import { COPIES, type Section, SECTIONS } from "../sections.ts";
import { writeData } from "./data.ts";
import { listModules, writeReference } from "./reference.ts";

/** Root of the repository. */
const ROOT = fromFileUrl(new URL("../../", import.meta.url));

/** Folder of the site that `deno task web` builds. */
export const SITE: string = join(ROOT, "web/dist");

/**
 * Builds the site.
 *
 * @param options Whether to write the reference, which takes most of the time; on if absent.
 */
export async function buildSite({ reference = true }: { reference?: boolean } = {}): Promise<void> {
  await Deno.remove(SITE, { recursive: true }).catch(() => {});
  await Deno.mkdir(SITE, { recursive: true });
  await Promise.all([
    bundleScripts(),
    ...SECTIONS.map(writeSection),
    ...["style.css", "icon.svg"].map((name) => copy(`web/${name}`, name)),
    ...Object.entries(COPIES).map(([from, to]) => copy(from, to)),
    writeData(join(SITE, "data")),
    ...(reference ? [writeReference(SITE)] : []),
  ]);
}

/** Bundles the scripts of all sections, with their common parts in files of their own. */
async function bundleScripts(): Promise<void> {
  const scripts = SECTIONS.flatMap(({ path, scripts }) =>
    scripts.map((name) => `web/${path}/${name}`)
  );
  scripts.push("web/service_worker.ts"); // at the root, as it serves no page above its folder
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["bundle", "--quiet", "--platform", "browser", "--minify", "--code-splitting"],
      ...["--outdir", SITE, ...scripts],
    ],
    cwd: ROOT,
  }).output();
  if (!success) throw new Error(`Cannot bundle: ${new TextDecoder().decode(stderr)}`);
}

async function writeSection(section: Section): Promise<void> {
  const { path } = section;
  const file = await Deno.readTextFile(join(ROOT, "web", path, "content.html"));
  const content = file.replace("<!-- modules -->", await listModules());
  const style = `web/${path}/style.css`;
  const hasStyle = await Deno.stat(join(ROOT, style)).then(() => true, () => false);
  if (hasStyle) await copy(style, `${path}/style.css`);
  const page = join(SITE, section === SECTIONS[0] ? "" : path, "index.html");
  await Deno.mkdir(dirname(page), { recursive: true });
  await Deno.writeTextFile(page, writePage(section, content, hasStyle));
}

/** Copies a file or a folder of the repository. */
async function copy(from: string, to: string): Promise<void> {
  const [source, target] = [join(ROOT, from), join(SITE, to)];
  if ((await Deno.stat(source)).isFile) {
    await Deno.mkdir(dirname(target), { recursive: true });
    await Deno.copyFile(source, target);
    return;
  }
  for await (const { name } of Deno.readDir(source)) await copy(`${from}/${name}`, `${to}/${name}`);
}
