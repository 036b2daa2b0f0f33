/**
 * `deno task check:layers [FOLDER]`: imports go downwards only, without circles, and `mod.ts` loads
 * no backend.
 *
 * @module
 */
import { fromFileUrl, join, relative, toFileUrl } from "@std/path";

const BACKENDS = ["cpu", "wasm", "gpu"];

// Groups of the table below.
const OPERATIONS = ["base", "tensor", "ops"];
const CHECKPOINTS = [...OPERATIONS, "attention", "families", "checkpoint", "hub"];
const MODELS = [...CHECKPOINTS, "device.ts", "tokenizer", "models"];
const LIBRARY = [
  ...MODELS,
  "generation",
  "training",
  "pipelines",
  "functional",
  "picture",
  "deno.json",
];
const SERVICES = ["tables", "hosting", "serve", "batch"];
const PROGRAMS = [...LIBRARY, ...BACKENDS, ...SERVICES, "mod.ts", "cli"];

/**
 * The folders and files of the root, each with the others that it may import.
 *
 * A line names only lines above it. Imports of types count.
 */
export const LAYERS: Readonly<Record<string, readonly string[]>> = {
  "deno.json": [],
  base: [],
  tensor: ["base"],
  ops: ["base", "tensor"],
  cpu: OPERATIONS,
  wasm: OPERATIONS,
  gpu: OPERATIONS,
  "device.ts": [...OPERATIONS, ...BACKENDS],
  attention: OPERATIONS,
  families: [...OPERATIONS, "attention"],
  // cpu: quantize.ts, which defines the integers that files hold.
  checkpoint: [...OPERATIONS, "cpu", "attention", "families"],
  hub: ["base", "checkpoint"],
  tokenizer: ["base", "tensor", "families", "checkpoint", "hub"],
  models: [...CHECKPOINTS, "device.ts", "tokenizer"],
  generation: [...OPERATIONS, "models"],
  pipelines: [...MODELS, "generation"],
  functional: [...OPERATIONS, "cpu", "attention"],
  picture: [...OPERATIONS, "cpu", "attention", "functional"],
  training: [...MODELS, "generation", "picture"],
  exports: [...MODELS, "generation", "pipelines", "training"],
  "mod.ts": [...MODELS, "generation", "pipelines", "training", "exports"],
  hosting: [...MODELS, "generation", "pipelines"],
  serve: [...MODELS, "generation", "pipelines", "deno.json", "hosting"],
  tables: ["base", "checkpoint"],
  batch: [...MODELS, "generation", "pipelines", "tables", "hosting", "serve"],
  cli: [...LIBRARY, ...SERVICES],
  "cli.ts": ["cli"],
  demo: PROGRAMS,
  verify: PROGRAMS,
  bench: [...PROGRAMS, "demo"],
  tools: [...PROGRAMS, "bench"],
  web: [...PROGRAMS, "demo", "bench", "tools"],
  tests: [...PROGRAMS, "cli.ts", "demo", "verify", "bench", "tools", "web"],
};

/** What is not ours, or made from it; the kernels are AssemblyScript and import only each other. */
const SKIPPED = ["wasm/assembly", "node_modules", "coverage", "npm", "web/dist"];

/** An import of one file of ours by another. */
export interface Import {
  /** The file that imports, as a path from the root. */
  readonly from: string;
  /** The line that names the imported file, from 1. */
  readonly line: number;
  /** The imported file, as a path from the root. */
  readonly to: string;
  /** Whether the file is imported when it is needed: `await import("…")`. */
  readonly isDynamic: boolean;
  /** Whether only types are imported, so that nothing is loaded. */
  readonly isType: boolean;
}

/** An imported module as `deno info --json` prints it; without `specifier` if it is not resolved. */
interface Resolved {
  readonly specifier?: string;
  readonly span: { readonly start: { readonly line: number } };
}

/** The part of `deno info --json` that is read. */
interface Graph {
  readonly modules: readonly {
    readonly specifier: string;
    readonly error?: string;
    readonly dependencies?: readonly {
      readonly code?: Resolved;
      readonly type?: Resolved;
      readonly isDynamic?: boolean;
    }[];
  }[];
}

/**
 * Reads every import of one file by another below a folder.
 *
 * @param folder The folder.
 * @returns The imports, in the order of files and lines.
 * @throws {Error} If a file does not parse, or imports a file that does not exist.
 */
export async function readImports(folder: string): Promise<Import[]> {
  const root = await Deno.realPath(folder);
  const files = await listFiles(root);
  const { modules } = await readGraph(root, files);
  const pathOf = (specifier = "") => {
    if (!specifier.startsWith("file:")) return undefined;
    const path = relative(root, fromFileUrl(specifier)).replaceAll("\\", "/");
    return path.startsWith("../") ? undefined : path;
  };
  return modules.flatMap(({ specifier, error, dependencies = [] }) => {
    const from = pathOf(specifier);
    if (from === undefined) return [];
    if (error) throw new Error(`Cannot read the imports of ${from}: ${error}`);
    return dependencies.flatMap(({ code, type, isDynamic = false }) =>
      [code, type].flatMap((resolved) => {
        const to = pathOf(resolved?.specifier);
        if (!resolved || to === undefined) return [];
        const isType = resolved === type;
        const line = resolved.span.start.line + 1;
        return [{ from, line, to, isDynamic: isDynamic && !isType, isType }];
      })
    );
  }).sort((a, b) => a.from < b.from ? -1 : a.from > b.from ? 1 : a.line - b.line);
}

/**
 * Finds imports that {@linkcode LAYERS} does not allow.
 *
 * @param imports Imports of a tree.
 * @returns A line for each, with the reason.
 */
export function findUpward(imports: readonly Import[]): string[] {
  return imports.flatMap((each) => {
    const [from, to] = [layerOf(each.from), layerOf(each.to)];
    if (from === to) return [];
    const allowed = Object.hasOwn(LAYERS, from) ? LAYERS[from] : undefined;
    if (allowed?.includes(to)) return [];
    const why = allowed
      ? `${from} may import ${allowed.length > 0 ? allowed.join(", ") : "nothing else of ours"}`
      : `${from} is not in LAYERS of tools/check_layers.ts`;
    return [`${show(each)}: ${why}`];
  });
}

/**
 * Finds circles of files. Imports of types and dynamic ones count.
 *
 * @param imports Imports of a tree.
 * @returns A line for each import that closes a circle; without these imports there is none.
 */
export function findCircles(imports: readonly Import[]): string[] {
  const importsOf = Map.groupBy(imports, ({ from }) => from);
  const found: string[] = [];
  const visited = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    visited.add(file);
    for (const each of importsOf.get(file) ?? []) {
      const start = path.indexOf(each.to);
      if (start >= 0) {
        const circle = [...path.slice(start), each.to].join(" → ");
        found.push(`${show(each)}: closes the circle ${circle}`);
      } else if (!visited.has(each.to)) {
        visit(each.to, [...path, each.to]);
      }
    }
  };
  for (const file of importsOf.keys()) if (!visited.has(file)) visit(file, [file]);
  return found;
}

/**
 * Finds imports that load a backend with `mod.ts`, before one is opened.
 *
 * @param imports Imports of a tree.
 * @returns A line for each.
 */
export function findEager(imports: readonly Import[]): string[] {
  const loading = imports.filter(({ isDynamic, isType }) => !isDynamic && !isType);
  const loaded = new Set(["mod.ts"]);
  const found: string[] = [];
  // A set also yields what is added during the loop.
  for (const file of loaded) {
    for (const each of loading.filter(({ from }) => from === file)) {
      if (!BACKENDS.includes(layerOf(each.to))) loaded.add(each.to);
      else found.push(`${show(each)}: mod.ts loads it; import it dynamically, or its types only`);
    }
  }
  return found;
}

/** The folder or file of the root that a file belongs to. */
function layerOf(path: string): string {
  return path.split("/")[0];
}

function show({ from, line, to }: Import): string {
  return `${from}:${line} → ${to}`;
}

/** Lists files with code below a folder, as paths from the root. */
async function listFiles(root: string, folder = ""): Promise<string[]> {
  const files: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(join(root, folder))) {
    const path = folder ? `${folder}/${name}` : name;
    if (name.startsWith(".") || SKIPPED.includes(path)) continue;
    if (isDirectory) files.push(...await listFiles(root, path));
    else if (/\.[cm]?[jt]sx?$/.test(name)) files.push(path);
  }
  return files;
}

/** Lets Deno parse files: it reports imports in types and dynamic ones, and none in comments. */
async function readGraph(root: string, files: readonly string[]): Promise<Graph> {
  const entry = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    const lines = files.map((file) => `import ${JSON.stringify(toFileUrl(join(root, file)))};\n`);
    await Deno.writeTextFile(entry, lines.join(""));
    const config = join(root, "deno.json");
    const hasConfig = await Deno.stat(config).then(() => true, () => false);
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", ...(hasConfig ? ["--config", config] : ["--no-config"]), entry],
    }).output();
    if (success) return JSON.parse(new TextDecoder().decode(stdout));
    throw new Error(`Cannot read the imports below ${root}: ${new TextDecoder().decode(stderr)}`);
  } finally {
    await Deno.remove(entry);
  }
}

if (import.meta.main) {
  const imports = await readImports(Deno.args[0] ?? fromFileUrl(new URL("../", import.meta.url)));
  const found = [...findUpward(imports), ...findCircles(imports), ...findEager(imports)];
  if (found.length > 0) {
    console.error(found.join("\n"));
    Deno.exit(1);
  }
}
