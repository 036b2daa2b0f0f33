import { join } from "@std/path";
import { runProgram } from "../../tools/npm_tools.ts";

/** A page, and the size of what it downloads. */
export interface MeasuredPage {
  /** Its name in the report. */
  readonly name: string;
  /** What it imports of the package, as `import { … } from "…"`. */
  readonly imports: readonly [names: string, subpath: string];
  /** File of the package that it loads later: the backend that it opens. */
  readonly opens?: string;
  /** Most kilobytes of its scripts, each compressed by gzip: a little over what has been reached. */
  readonly most: number;
  /** Kilobytes that are aimed at. */
  readonly goal: number;
}

/** Sizes that are held. */
export const PAGES: readonly MeasuredPage[] = [
  { name: "webgpu", imports: ["pipeline", ""], opens: "gpu/mod.js", most: 155, goal: 75 },
  { name: "wasm", imports: ["pipeline", ""], opens: "wasm/mod.js", most: 230, goal: 145 },
  { name: "tokenizer", imports: ["AutoTokenizer", "/tokenizer"], most: 47, goal: 25 },
  { name: "functional", imports: ["lsgAttention", "/functional"], most: 26, goal: 13 },
];

/** The part of esbuild's report that is read. */
interface Report {
  readonly outputs: Readonly<
    Record<string, {
      readonly entryPoint?: string;
      readonly imports: readonly { readonly path: string; readonly kind: string }[];
    }>
  >;
}

/** Small scripts that choose a backend; they are loaded where none is named. */
const CHOOSERS = /\/(device|has_simd)-[^/]*\.js$/;

/**
 * Bundles a page with the package as it is installed, and measures what the page downloads.
 *
 * @param page The page.
 * @param folder A folder in which the package is installed.
 * @param esbuild Path of the bundler.
 * @returns Bytes, each file compressed.
 */
export async function installedSize(
  { imports: [names, subpath], opens }: MeasuredPage,
  folder: string,
  esbuild: string,
): Promise<number> {
  const entry = "measured.js";
  const text = `import { ${names} } from "@lsg/core${subpath}"; globalThis.used = ${names};`;
  await Deno.writeTextFile(join(folder, entry), text);
  await runProgram(esbuild, [
    entry,
    ...["--bundle", "--splitting", "--format=esm", "--minify", "--log-level=warning"],
    ...["--outdir=measured", "--metafile=measured.json"],
  ], folder);
  const { outputs }: Report = JSON.parse(await Deno.readTextFile(join(folder, "measured.json")));
  const loaded = new Set<string>();
  const load = (path: string) => {
    if (loaded.has(path)) return;
    loaded.add(path);
    for (const { path: next, kind } of outputs[path].imports) {
      if (kind === "import-statement") load(next);
    }
  };
  for (const [path, { entryPoint }] of Object.entries(outputs)) {
    const isOpened = opens !== undefined &&
      (entryPoint?.endsWith(`/${opens}`) || CHOOSERS.test(entryPoint ?? ""));
    if (entryPoint === entry || isOpened) load(path);
  }
  if (opens && ![...loaded].some((path) => outputs[path].entryPoint?.endsWith(`/${opens}`))) {
    throw new Error(`Cannot find ${opens} among the scripts that the page loads later`);
  }
  const sizes = [...loaded].map(async (path) => {
    const { body } = new Response(await Deno.readFile(join(folder, path)));
    const zipped = body!.pipeThrough(new CompressionStream("gzip"));
    return (await new Response(zipped).bytes()).length;
  });
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
