/**
 * Bundles the scripts of the package for npm.
 *
 * @module
 */
import { dirname, fromFileUrl, join, relative, toFileUrl } from "@std/path";
import { createRequire } from "node:module";
import { markPure, type SyntaxNode } from "./mark_pure.ts";
import { minifyWgsl } from "./minify_wgsl.ts";

/** The part of esbuild that is used: it compiles a file at a time. */
interface Esbuild {
  transform(
    code: string,
    options: Readonly<Record<string, unknown>>,
  ): Promise<{ readonly code: string }>;
  stop(): Promise<void>;
}

/** The part of Oxc's minifier that is used: its scripts are 3% smaller than esbuild's. */
interface OxcMinify {
  minifySync(fileName: string, code: string, options: { readonly module: boolean }): {
    readonly code: string;
    readonly errors: readonly { readonly message: string }[];
  };
}

/** What Rollup knows of a module. */
interface ModuleInfo {
  readonly importedIds: readonly string[];
  readonly dynamicallyImportedIds: readonly string[];
}

/** The modules of a bundle. */
interface Modules {
  getModuleIds(): Iterable<string>;
  getModuleInfo(id: string): ModuleInfo;
}

/** The part of Rollup that is used: it puts the files together. */
interface Rollup {
  rollup(options: Readonly<Record<string, unknown>>): Promise<{
    generate(options: {
      readonly manualChunks: (id: string, modules: Modules) => string | undefined;
      readonly [name: string]: unknown;
    }): Promise<
      { readonly output: readonly { readonly fileName: string; readonly code: string }[] }
    >;
  }>;
}

/** Folders of the sources and of the tools. */
export interface BundleFolders {
  /** Root of the sources. */
  readonly root: string;
  /** A folder in which npm has installed the tools. */
  readonly tools: string;
  /** Where the scripts go. */
  readonly output: string;
}

/** A path of a module from the root, and of a script, without the extension. */
type Name = string;

/**
 * Modules that only export what others export. They stay as they are: esbuild loads at once all that
 * a module names, used or not, but not what it exports by a star.
 */
const BARRELS: readonly Name[] = [
  "mod",
  "functional/mod",
  "models/mod",
  "pipelines/mod",
  "tokenizer/mod",
];

/**
 * What a page may load without the others. Modules that the same of them need are one script: in
 * hundreds of small ones a page would compress worse, and wait longer.
 */
const LOADED_ALONE: Readonly<Record<string, RegExp>> = {
  arrays: /^(cpu\/backend|functional\/\w+_(attention|layer))$/,
  gpu: /^gpu\/backend$/,
  hardware: /^gpu\/machine\/find_hardware$/,
  lsg: /^attention\/lsg\/lsg_attention$/,
  pipeline: /^(pipelines\/pipeline|base\/next_task)$/,
  tokenizer: /^tokenizer\/auto_tokenizer$/,
  wasm: /^wasm\/backend$/,
};

/** Names a script by what loads it; what a page needs in most cases is one script. */
function nameScript(loaders: ReadonlySet<string>): string {
  const isOfBackends = ["arrays", "gpu", "wasm"].some((name) => loaders.has(name));
  if (isOfBackends && ["gpu", "pipeline", "tokenizer"].some((name) => loaders.has(name))) {
    if (loaders.size > 1) return "base";
  }
  return [...loaders].sort().join("_");
}

/** Modules of a task that encoders do; what several of them need is one script. */
const TASKS =
  /^(pipelines\/(feature_extraction|fill_mask|(text|token|zero_shot)_classification|question_answering)|models\/(encoder_model|masked_lm|question_answering|(sequence|token)_classification))$/;

/** Parts of tokenizers that byte-level BPE does without. */
const PARTS = /^tokenizer\/read_parts$/;

/** Families with rotary positions, each of them mostly Llama's description. */
const ROTARY = /^families\/(eurobert|gpt_neox|llama|mistral|nomic_bert|phi|qwen\d|read_rope)$/;

/** What is not ours: it is loaded by its name. */
const EXTERNAL = /^(node:|hyparquet|@huggingface\/jinja$|@?hono\b|prom-client$|bullmq$|ioredis$)/;

/** Fields that the constructor sets are not declared before: a page would download their names twice. */
const OPTIONS = {
  loader: "ts",
  format: "esm",
  target: "es2022",
  tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } },
};

/**
 * Bundles the exported modules, and what they import later, in scripts.
 *
 * @param names The exported modules.
 * @param folders Sources, tools, output.
 */
export async function bundleScripts(
  names: readonly Name[],
  { root, tools, output }: BundleFolders,
): Promise<void> {
  const require = createRequire(join(tools, "package.json"));
  const esbuild: Esbuild = require("esbuild");
  const { rollup }: Rollup = require("rollup");
  const { parseAst }: { parseAst(code: string): SyntaxNode } = require("rollup/parseAst");
  const { minifySync }: OxcMinify = require("oxc-minify");
  const compile = async (code: string) => (await esbuild.transform(code, OPTIONS)).code;
  const minify = (fileName: string, script: string) => {
    const { code, errors } = minifySync(fileName, script, { module: true });
    if (errors.length > 0) throw new Error(`${fileName}: ${errors[0].message}`);
    return code;
  };
  const write = async (fileName: string, code: string) => {
    const path = join(output, fileName);
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeTextFile(path, code);
  };

  const entries = new Set(names.filter((name) => !BARRELS.includes(name)));
  for (const barrel of BARRELS) {
    const path = join(root, `${barrel}.ts`);
    const code = minify(`${barrel}.js`, await compile(await Deno.readTextFile(path)));
    await write(`${barrel}.js`, code.replace(/(?<=from"[^"]+)\.ts(?=")/g, ".js"));
    for (const [, target] of code.matchAll(/from"([^"]+)\.ts"/g)) {
      entries.add(relative(root, join(dirname(path), target)));
    }
  }

  const plugin = {
    name: "sources",
    resolveId(specifier: string, importer?: string) {
      if (EXTERNAL.test(specifier)) return { id: specifier, external: true };
      return importer && specifier.startsWith(".")
        ? fromFileUrl(new URL(specifier, toFileUrl(importer)))
        : specifier;
    },
    async load(id: string) {
      const text = await Deno.readTextFile(id);
      // Of deno.json only the version is read.
      if (id.endsWith(".json")) {
        return `export default ${JSON.stringify({ version: JSON.parse(text).version })}`;
      }
      return id.endsWith(".ts") ? await compile(minifyWgsl(text)) : text;
    },
  };
  const bundle = await rollup({
    input: Object.fromEntries([...entries].map((name) => [name, join(root, `${name}.ts`)])),
    plugins: [plugin],
    // As package.json says.
    treeshake: { moduleSideEffects: false },
    preserveEntrySignatures: "strict",
    onwarn(warning: { readonly code: string; readonly message: string }) {
      if (warning.code !== "EMPTY_BUNDLE") throw new Error(warning.message);
    },
  });
  let chunks: ReadonlyMap<string, string> | undefined;
  const { output: scripts } = await bundle.generate({
    format: "es",
    generatedCode: { arrowFunctions: true },
    // A frozen object would stay in a page that does not use it.
    freeze: false,
    entryFileNames: "[name].js",
    chunkFileNames: "parts/[name].js",
    hoistTransitiveImports: false,
    manualChunks: (id, modules) => (chunks ??= findChunks(root, modules)).get(id),
  });
  for (const { fileName, code } of scripts) {
    const script = minify(fileName, code);
    // Every page uses a part of this one.
    await write(fileName, fileName === "parts/base.js" ? markPure(script, parseAst) : script);
  }
  await esbuild.stop();
}

/** Names the chunks of the modules that have one in common; the others are left to Rollup. */
function findChunks(root: string, modules: Modules): Map<string, string> {
  const ids = [...modules.getModuleIds()].filter((id) => id.startsWith(root));
  const nameOf = (id: string) => relative(root, id).replace(/\.ts$/, "");
  /** A module and all that it imports at once. */
  const closure = (id: string, found = new Set<string>()): Set<string> => {
    if (found.has(id) || !id.startsWith(root)) return found;
    found.add(id);
    for (const next of modules.getModuleInfo(id).importedIds) closure(next, found);
    return found;
  };
  const loaders = new Map<string, Set<string>>();
  for (const [loader, pattern] of Object.entries(LOADED_ALONE)) {
    for (const start of ids.filter((id) => pattern.test(nameOf(id)))) {
      for (const id of closure(start)) loaders.set(id, (loaders.get(id) ?? new Set()).add(loader));
    }
  }
  /** What is imported later, with all that it imports at once, but for the reference. */
  const later = new Set<string>();
  for (const id of ids) {
    for (const start of modules.getModuleInfo(id).dynamicallyImportedIds) {
      if (!LOADED_ALONE.arrays.test(nameOf(start))) closure(start, later);
    }
  }
  const chunks = new Map<string, string>();
  for (const [id, found] of loaders) {
    const name = nameScript(found);
    // Others may need what is not a backend's own.
    const isOther = found.size === 1 && /^(gpu|wasm)$/.test(name) && !nameOf(id).startsWith(name);
    if (!isOther) chunks.set(id, name === "arrays" && later.has(id) ? "arrays_later" : name);
  }
  for (const id of ids) if (ROTARY.test(nameOf(id))) chunks.set(id, "rotary_families");
  const tasks = ids.filter((id) => TASKS.test(nameOf(id))).map((id) => closure(id));
  for (const id of ids) {
    if (!chunks.has(id) && tasks.filter((task) => task.has(id)).length > 1) {
      chunks.set(id, "pipeline");
    }
  }
  for (const id of ids.filter((id) => PARTS.test(nameOf(id))).flatMap((id) => [...closure(id)])) {
    if (!chunks.has(id)) chunks.set(id, "read_parts");
  }
  return chunks;
}
