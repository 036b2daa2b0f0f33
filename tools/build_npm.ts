/**
 * `deno task npm`: builds the package for npm in the folder `npm`, and the file that would be
 * published.
 *
 * @module
 */
import { dirname, join, normalize, relative } from "@std/path";
import { createRequire } from "node:module";
import config from "../deno.json" with { type: "json" };
import { bundleScripts } from "./bundle_scripts.ts";
import { compress } from "./compress.ts";
import { npmTools, ROOT, runProgram } from "./npm_tools.ts";
import { repositoryUrl } from "./repository.ts";

/** Most bytes of the packed file. */
export const MAX_BYTES = 500_000;

/** What compiles the package. */
export const TOOLS = [
  "typescript@5.9.3",
  "esbuild@0.25.12",
  "oxc-minify@0.157.0",
  "rollup@4.68.8",
  "rollup-plugin-dts@6.5.1",
  "@types/node@24.10.1",
  "@webgpu/types@0.1.66",
];

/** Packages that `lsg` asks for when it reads or writes Parquet, serves models, or works from a queue. */
const OPTIONAL = [
  "bullmq",
  "hyparquet",
  "hyparquet-compressors",
  "hyparquet-writer",
  "@hono/node-server",
  "@hono/swagger-ui",
  "@hono/zod-openapi",
  "hono",
  "ioredis",
  "prom-client",
] as const;

/** The package of chat templates, imported when a tokenizer has one. */
const TEMPLATES = "@huggingface/jinja";

/** What npm links as `lsg`. */
const LAUNCHER = `#!/usr/bin/env node
import module from "node:module";
import { fileURLToPath } from "node:url";
// From Node 22.1 on, what earlier runs compiled is used again.
module.enableCompileCache?.();
process.argv[1] = fileURLToPath(new URL("cli.js", import.meta.url));
await import("./cli.js");
`;

const GPU_NAMES = /\bGPU(Adapter|Buffer|Device|Error)\b/;

/** Names of WebGPU that types mention; before version 6, TypeScript's own library has none. */
const GPU_TYPES = ["Adapter", "Buffer", "Device", "Error"]
  .map((name) => `interface GPU${name} {}\n`).join("");

/**
 * Builds the package.
 *
 * @returns Path of the file that would be published.
 */
export async function buildNpm(): Promise<string> {
  const output = join(ROOT, "npm");
  await Deno.remove(output, { recursive: true }).catch(() => {});
  await Deno.mkdir(output);
  const tools = await npmTools("npm-tools", TOOLS);
  await Promise.all([
    bundleScripts([...MODULES, ...THREADS], { root: ROOT, tools, output }),
    writeTypes(tools, output),
  ]);
  const cli = join(output, "cli.js");
  await Deno.writeTextFile(cli, `#!/usr/bin/env node\n${await Deno.readTextFile(cli)}`);
  await Deno.writeTextFile(join(output, "lsg.js"), LAUNCHER);
  const repository = repositoryUrl(await Deno.readTextFile(join(ROOT, "CITATION.cff")));
  const text = JSON.stringify(describePackage(repository), undefined, 2);
  await Deno.writeTextFile(join(output, "package.json"), `${text}\n`);
  await Deno.copyFile(join(ROOT, "README.md"), join(output, "README.md"));
  await Deno.copyFile(join(ROOT, "LICENSE"), join(output, "LICENSE"));
  const [{ filename }] = JSON.parse(await runProgram("npm", ["pack", "--json"], output));
  const packed = join(output, filename);
  // `npm publish` takes the file as it is.
  const decompressed = new Blob([await Deno.readFile(packed)]).stream()
    .pipeThrough(new DecompressionStream("gzip"));
  await Deno.writeFile(
    packed,
    await compress(sortArchive(await new Response(decompressed).bytes())),
  );
  return packed;
}

/** Names of the exported modules without extension, relative to the root. */
const MODULES = Object.values(config.exports).map((path) => path.slice(2, -".ts".length));

/** The module of a thread, and that which starts it by its URL: they are not exported. */
export const THREADS = ["hosting/hosted_model", "hosting/model_thread"];

function describePackage(repository: string): unknown {
  const exported = Object.keys(config.exports).map((name, i) => [
    name,
    { types: `./${MODULES[i]}.d.ts`, default: `./${MODULES[i]}.js` },
  ]);
  return {
    name: config.name,
    version: config.version,
    description: "Long-document transformers: LSG attention, its models, tokenizers and pipelines",
    license: config.license,
    repository: { type: "git", url: `git+${repository}.git` },
    homepage: `${repository}#readme`,
    type: "module",
    main: "./mod.js",
    types: "./mod.d.ts",
    exports: { ...Object.fromEntries(exported), "./package.json": "./package.json" },
    bin: { lsg: "lsg.js" },
    sideEffects: false,
    dependencies: { [TEMPLATES]: config.imports[TEMPLATES].split("@").at(-1) },
    peerDependencies: Object.fromEntries(
      OPTIONAL.map((name) => [name, orLater(config.imports[name].split("@").at(-1)!)]),
    ),
    peerDependenciesMeta: Object.fromEntries(OPTIONAL.map((name) => [name, { optional: true }])),
    engines: { node: ">=20.16" },
  };
}

/** A range from the first version that promises as much on: npm refuses a project with any other. */
function orLater(version: string): string {
  return `>=${/^0\.\d+|^\d+/.exec(version)![0]}`;
}

/** Writes the types that the exported modules name, without examples. */
async function writeTypes(tools: string, output: string): Promise<void> {
  const modules = join(tools, "node_modules");
  const all = await Deno.makeTempDir();
  try {
    const project = {
      compilerOptions: {
        // `deno check` has checked them.
        noCheck: true,
        declaration: true,
        emitDeclarationOnly: true,
        target: "es2023",
        lib: ["esnext", "dom", "dom.iterable"],
        module: "esnext",
        moduleResolution: "bundler",
        resolveJsonModule: true,
        rewriteRelativeImportExtensions: true,
        rootDir: ROOT,
        outDir: all,
        types: ["node", "@webgpu/types"],
        typeRoots: [join(modules, "@types"), modules],
      },
      files: MODULES.map((name) => join(ROOT, `${name}.ts`)),
    };
    const file = join(all, "tsconfig.json");
    await Deno.writeTextFile(file, JSON.stringify(project));
    await runProgram(join(modules, ".bin", "tsc"), ["--project", file], ROOT);
    const waiting = MODULES.map((name) => join(all, `${name}.d.ts`));
    // Those that an exported module names, but for the operations and the reference's kernels, which
    // are read in their sources; what others have is seen only inside of their types.
    const documented = new Set(waiting);
    for (const path of waiting) {
      const text = await Deno.readTextFile(path);
      const isNaming = /\/(mod|exports\/\w+)\.d\.ts$/.test(path);
      for (const named of importsOf(text)) {
        const next = normalize(join(dirname(path), named.replace(/\.[jt]s$/, ".d.ts")));
        if (!waiting.includes(next)) waiting.push(next);
        if (isNaming && !/^(cpu|ops\/(?!backend))/.test(relative(all, next))) documented.add(next);
      }
      const types = documented.has(path) ? text : text.replace(/ *\/\*\*.*?\*\/\n/gs, "");
      await Deno.writeTextFile(path, publishedTypes(types));
    }
    await bundleTypes(tools, all, output);
    await Deno.writeTextFile(join(output, "webgpu.d.ts"), GPU_TYPES);
  } finally {
    await Deno.remove(all, { recursive: true });
  }
}

/** Lists the relative modules that a file of types names. */
function importsOf(text: string): string[] {
  const code = text.replace(/\/\*\*.*?\*\//gs, "");
  return [...code.matchAll(/(?:\bfrom |\bimport\()"(\.[^"]+)"/g)].map(([, name]) => name);
}

/**
 * Turns the types of a module into those of a script, without examples, which are tests here, and
 * errors, which their messages explain.
 */
function publishedTypes(text: string): string {
  return text
    .replace(/\n *\*(?:\n *\*)* @(?:example|throws).*?(?=\n *\* @|\n *\*\/)/gs, "")
    // An editor shows neither.
    .replace(/\/\*\*(?:(?!\*\/).)*@module\n \*\/\n/s, "")
    .replace(/(?<=(?:\bfrom |\bimport\()"\.[^"]+)\.ts(?=")/g, ".js");
}

/** Puts the types of hundreds of modules into few files: each would have a header in the package. */
async function bundleTypes(tools: string, input: string, output: string): Promise<void> {
  const require = createRequire(join(tools, "package.json"));
  const { rollup } = require("rollup");
  const { dts } = require("rollup-plugin-dts");
  const bundle = await rollup({
    input: Object.fromEntries(MODULES.map((name) => [name, join(input, `${name}.d.ts`)])),
    plugins: [dts()],
    external: /^node:/,
    onwarn() {}, // the command line has no types
  });
  const { output: files } = await bundle.generate({
    format: "es",
    entryFileNames: "[name].d.ts",
    chunkFileNames: "types/[name].d.ts",
  });
  for (const { fileName, code } of files) {
    const types = code.replace(/^ +/gm, "").replace(/^\/\/\/ <reference.*\n/gm, "")
      .replace(/^\/\*\*.*?\*\//gms, shortenComment);
    // What not every reader's TypeScript has.
    const root = "../".repeat(fileName.split("/").length - 1) || "./";
    const gpu = GPU_NAMES.test(types) ? `/// <reference path="${root}webgpu.d.ts" />\n` : "";
    const disposes = /\bDisposable\b|Symbol\.dispose/.test(types)
      ? '/// <reference lib="esnext.disposable" />\n'
      : "";
    const target = join(output, fileName);
    await Deno.mkdir(dirname(target), { recursive: true });
    await Deno.writeTextFile(target, gpu + disposes + types);
  }
}

/** Joins the lines of a comment's paragraphs, and removes the stars before them. */
function shortenComment(comment: string): string {
  return comment.replace(/\n\* /g, "\n").replace(/\n\*(?=\n)/g, "\n").replace(/\n\*\//, "*/")
    .replace(/(?<=[^\n])\n(?=[\w`({[])/g, " ");
}

/** Puts like files of an archive side by side, as a compressor looks back a few of them only. */
function sortArchive(archive: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const BLOCK = 512;
  const entries: { readonly key: string; readonly bytes: Uint8Array }[] = [];
  let at = 0;
  while (archive[at] !== 0) {
    const field = (start: number, length: number) =>
      new TextDecoder().decode(archive.subarray(at + start, at + start + length)).replace(
        /\0.*$/s,
        "",
      );
    const name = field(0, 100);
    if (field(156, 1) !== "0") throw new Error(`Cannot sort ${name}: wanted plain files`);
    const end = at + BLOCK + Math.ceil(parseInt(field(124, 12), 8) / BLOCK) * BLOCK;
    const kind = name.endsWith(".d.ts") ? 1 : name.endsWith(".js") ? 2 : 0;
    entries.push({ key: `${kind} ${name}`, bytes: archive.subarray(at, end) });
    at = end;
  }
  entries.sort((a, b) => a.key < b.key ? -1 : 1);
  const sorted = new Uint8Array(archive.length);
  let to = 0;
  for (const { bytes } of entries) {
    sorted.set(bytes, to);
    to += bytes.length;
  }
  return sorted;
}

if (import.meta.main) {
  const file = await buildNpm();
  const { size } = await Deno.stat(file);
  console.log(`${relative(Deno.cwd(), file)}: ${Math.ceil(size / 1000)} KB`);
  if (size > MAX_BYTES) {
    console.error(`That is more than ${MAX_BYTES / 1000} KB`);
    Deno.exitCode = 1;
  }
}
