/** What `deno publish` sends: it needs nothing that it does not bring along. */
import { assert, assertEquals } from "@std/assert";
import config from "../deno.json" with { type: "json" };
import { examplesOf, publishedFiles, readRepositoryFile } from "./helpers/published_files.ts";

const files = publishedFiles();
const modules = files.filter((path) => path.endsWith(".ts"));

/** The modules that code names, comments left out. */
function importsOf(code: string): string[] {
  const text = code.replace(/\/\*\*.*?\*\//gs, "").replace(/^\s*\/\/.*$/gm, "");
  const names = text.matchAll(
    /^(?:import|export) (?:[^;"`=()]*? from )?"([^"]+)"|\bimport\("([^"]+)"\)/gm,
  );
  return [...names].map(([, imported, called]) => imported ?? called);
}

/** What an example names that a reader's project does not have. */
function strangersIn(example: string): string[] {
  const names = Object.keys(config.exports).map((name) => `@lsg/core${name.slice(1)}`);
  const isKnown = (name: string) => names.includes(name) || /^(@std\/|node:)/.test(name);
  return [
    ...importsOf(example).filter((name) => !isKnown(name)),
    ...[...example.matchAll(/["'`](?:\.{0,2}\/)*(?:tests|demo|bench|tools|docs)\/[^"'`]*/g)].map((
      [path],
    ) => path),
  ];
}

/** Modules that are loaded when they are needed, and the package that each needs. */
const OPTIONAL: Readonly<Record<string, string | readonly string[]>> = {
  "batch/parquet_rows.ts": "hyparquet-compressors",
  "batch/queue.ts": "bullmq",
  "batch/redis.ts": "ioredis",
  "batch/work.ts": "bullmq",
  "cli/parquet_index.ts": "hyparquet",
  "tables/parquet_reader.ts": "hyparquet",
  "tables/parquet_writer.ts": "hyparquet-writer",
  "tokenizer/chat/engine.ts": "@huggingface/jinja",
};

/** Those that others import dynamically. */
const ENTRIES = [
  "parquet_index.ts",
  "parquet_writer.ts",
  "parquet_rows.ts",
  "openai_requests.ts",
  "apply_chat_template.ts",
];

/** Packages of the server, which `cli/serve.ts` imports when it is run. */
const SERVER = [
  "hono",
  "@hono/node-server",
  "@hono/swagger-ui",
  "@hono/zod-openapi",
  "prom-client",
];

function isOptional(path: string, name: string): boolean {
  const isServers = path.startsWith("serve/") &&
    SERVER.some((known) => name === known || name.startsWith(`${known}/`));
  return isServers || [OPTIONAL[path] ?? []].flat().includes(name);
}

Deno.test("published modules import each other and Node's modules only, but for optional packages", () => {
  const outside = modules.flatMap((path) =>
    importsOf(readRepositoryFile(path)).filter((name) => {
      if (name.startsWith("node:") || isOptional(path, name)) return false;
      const url = new URL(name, `file:///${path}`);
      return !name.startsWith(".") || !files.includes(url.pathname.slice(1));
    }).map((name) => `${path}: ${name}`)
  );
  assertEquals(outside, []);
});

Deno.test("modules that need a package are imported dynamically only", () => {
  const importers = modules.flatMap((path) =>
    [...ENTRIES, "../serve/mod.ts"].filter((name) => {
      return new RegExp(`from "\\./${name}"|^import "\\./${name}"`, "m")
        .test(readRepositoryFile(path));
    })
  );
  assertEquals(importers, []);
});

Deno.test("published examples run in a reader's project", () => {
  const strange = modules.flatMap((path) =>
    examplesOf(readRepositoryFile(path)).flatMap(strangersIn).map((name) => `${path}: ${name}`)
  );
  assertEquals(strange, []);
});

Deno.test("no published example is left out of the tests", () => {
  const ignored = modules.filter((path) => /^ *\* ```\w+ ignore/m.test(readRepositoryFile(path)));
  assertEquals(ignored, []);
});

Deno.test("an example with a file of the repository is found", () => {
  const [example] = examplesOf(
    '/**\n * ```ts\n * import { a } from "./b.ts";\n * await a("tests/golden/c");\n * ```\n */\n',
  );
  assertEquals(strangersIn(example), ["./b.ts", '"tests/golden/c']);
  assertEquals(importsOf('import { a } from "js-rouge";\nawait import("c");'), ["js-rouge", "c"]);
});

Deno.test("modules, README and licence are published; tests, tools and models are not", () => {
  for (
    const path of ["README.md", "LICENSE", "deno.json", "mod.ts", "wasm/machine/kernels_plain.ts"]
  ) {
    assert(files.includes(path), path);
  }
  const roots = new Set(files.map((path) => path.split("/")[0]));
  for (const root of ["tests", "tools", "demo", "bench", "web", "npm"]) {
    assert(!roots.has(root), root);
  }
});

Deno.test("the gate lints the documentation of every export", () => {
  const [, linted] = config.tasks.static.command.match(/deno doc --lint ([^&]+) &&/)!;
  const exported = Object.values(config.exports).map((path) => path.replace("./", ""));
  assertEquals(linted.split(" ").sort(), exported.sort());
});
