/**
 * `deno task test:npm`: the package for npm, packed and installed in an empty folder, as a stranger
 * uses it in Node, Bun, TypeScript and pages that three bundlers make.
 *
 * The file name excludes it from `deno task test`, as it installs packages. Without Node, npm's
 * registry or Chromium the tests that need them are ignored, with the reason in their names; they
 * fail if `LSG_REQUIRE_NODE=1`, those in pages if `LSG_REQUIRE_BROWSER=1`.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join, toFileUrl } from "@std/path";
import config from "../../deno.json" with { type: "json" };
import { startServer } from "../../bench/start_server.ts";
import { buildNpm, MAX_BYTES } from "../../tools/build_npm.ts";
import { npmTools, ROOT, runProgram } from "../../tools/npm_tools.ts";
import { findChromium, startChromium } from "../browser/chromium.ts";
import { findNodeReason } from "../helpers/find_node_reason.ts";
import { readRepositoryFile } from "../helpers/published_files.ts";
import { answerAsHub } from "../helpers/stored_hub.ts";
import { testUnless } from "../helpers/test_unless.ts";
import { assertOpenAiAnswers, openAiClient, SERVED } from "../serve/openai_client.ts";
import { codeBlocksOf, commandsOf } from "../strangers/code_blocks.ts";
import { assertPrinted, MODELS, plain, PRINTED, PROGRAMS } from "../transformers_js/printed.ts";
import { measurePage, PAGES } from "./page_sizes.ts";
import { serveFolders } from "./serve_folders.ts";

const TOOLS = [
  "typescript@5.9.3",
  "esbuild@0.25.12",
  "webpack@5.113.0",
  "webpack-cli@7.3.1",
  "vite@6.4.6",
  "bun@1.4.5",
  "node@24.21.0",
];

/** Packages that `lsg serve` needs in Node. */
const SERVER_PACKAGES = [
  "@hono/node-server",
  "@hono/swagger-ui",
  "@hono/zod-openapi",
  "hono",
  "prom-client",
] as const;

const MODEL = join(ROOT, "demo/model");
const TEXT = "She looked at him with a <mask> in her eyes.";
const WORDS = [" smile", " sigh", " look"];

/** A server with small models under the names that the documentation uses, also for pages. */
const hub = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async ({ url }) => {
  const response = await answerAsHub(new URL(url).pathname);
  response.headers.set("access-control-allow-origin", "*");
  return response;
});

/** Loaded before programs, which stay as they are. */
const HUB = `
import { env } from "@lsg/core";
env.remoteHost = "http://127.0.0.1:${hub.addr.port}/";
`;

/** The blocks of a page in a language. */
function codeOf(page: string, language: string): string[] {
  return codeBlocksOf(page, readRepositoryFile(page))
    .filter((block) => block.language === language)
    .map(({ text }) => text);
}

const TYPED = `
import { type FillMaskResult, pipeline } from "@lsg/core";
${
  Object.keys(config.exports).map((name) => `export type {} from "@lsg/core${name.slice(1)}";`)
    .join("\n")
}
const unmasker = await pipeline("fill-mask", "owner/model", { device: "wasm" });
const results: FillMaskResult[] | FillMaskResult[][] = await unmasker("a <mask>", { top_k: 3 });
console.log(results);
// @ts-expect-error There is no such task.
await pipeline("fill-mas", "owner/model");
// @ts-expect-error Not a number.
await unmasker("a <mask>", { top_k: "3" });
`;

const PAGE = `
import { pipeline } from "@lsg/core";
globalThis.run = async (device) => {
  const unmasker = await pipeline("fill-mask", location.origin + "/model", { device });
  const results = await unmasker(${JSON.stringify(TEXT)}, { top_k: 3 });
  unmasker.dispose();
  return results.map(({ token_str }) => token_str);
};
globalThis.isReady = true;
`;

const BUNDLERS: Readonly<Record<string, (folder: string) => readonly string[]>> = {
  esbuild: (out) =>
    ["page.js", "--bundle", "--splitting", "--format=esm", "--minify", "--log-level=warning"]
      .concat(`--outdir=${out}`),
  webpack: (out) =>
    ["--mode", "production", "--entry", "./page.js", "--output-path", out].concat(
      "--output-filename",
      "page.js",
    ),
  vite: (out) => ["build", "--outDir", out, "--emptyOutDir"],
};

/** Reason to skip everything; undefined if the package is installed in `folder`. */
let reason = await findNodeReason();
let bin = "";
let folder = "";
let file = "";
/** Variables with which the cache is in the folder. */
const atHome = { HOME: "" };
if (reason === undefined) {
  try {
    const [tools, packed] = await Promise.all([npmTools("npm-test", TOOLS), buildNpm()]);
    bin = join(tools, "node_modules/.bin");
    file = packed;
    folder = await Deno.makeTempDir();
    await write("package.json", '{ "type": "module" }');
    await runProgram("npm", ["install", "--no-audit", "--no-fund", file], folder);
    await write("hub.mjs", HUB);
    await write("typed.ts", TYPED);
    await write("page.js", PAGE);
    await write("index.html", '<!doctype html><script type="module" src="page.js"></script>');
    atHome.HOME = folder;
    globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
  } catch (error) {
    // Without a network; a package that cannot be built is an error.
    if (
      Deno.env.get("LSG_REQUIRE_NODE") === "1" ||
      !/ENOTFOUND|ECONNREFUSED|EAI_AGAIN/.test(`${error}`)
    ) {
      throw error;
    }
    reason = "npm's registry cannot be reached";
  }
}

async function write(name: string, text: string): Promise<void> {
  await Deno.writeTextFile(join(folder, name), text);
}

testUnless(reason, `the packed file has at most ${MAX_BYTES / 1000} KB`, async () => {
  const { size } = await Deno.stat(file);
  assert(size <= MAX_BYTES, `${size} bytes`);
});

testUnless(reason, "it is installed beside later versions of its optional packages", async () => {
  const project = await Deno.makeTempDir();
  const { peerDependencies }: { readonly peerDependencies: Readonly<Record<string, string>> } = JSON
    .parse(await Deno.readTextFile(join(folder, "node_modules/@lsg/core/package.json")));
  const later: Record<string, string> = {};
  for (const name of Object.keys(peerDependencies)) {
    const path = join(project, "later", name);
    await Deno.mkdir(path, { recursive: true });
    await Deno.writeTextFile(
      join(path, "package.json"),
      JSON.stringify({ name, version: "99.0.0" }),
    );
    later[name] = `file:later/${name}`;
  }
  assert("hono" in later);
  await Deno.writeTextFile(
    join(project, "package.json"),
    JSON.stringify({ dependencies: { ...later, "@lsg/core": `file:${file}` } }),
  );
  await runProgram("npm", ["install", "--no-audit", "--no-fund"], project);
  await Deno.remove(project, { recursive: true });
});

testUnless(
  reason,
  "the code of docs/node.md runs in this Node, in a newer one and in Bun",
  async () => {
    const [program] = codeOf("docs/node.md", "js");
    await write("app.mjs", program);
    for (const node of ["node", join(bin, "node")]) {
      const output = await runProgram(node, ["--import", "./hub.mjs", "app.mjs"], folder, atHome);
      WORDS.forEach((word) => assertStringIncludes(output, `'${word}'`));
    }
    const bun = ["--preload", "./hub.mjs", "app.mjs"];
    const output = await runProgram(join(bin, "bun"), bun, folder, atHome);
    WORDS.forEach((word) => assertStringIncludes(output, `"${word}"`));
  },
);

testUnless(reason, "the README's first example runs in a Node that has using", async () => {
  const [first] = codeOf("README.md", "ts");
  await write("first.mjs", first);
  const args = ["--import", "./hub.mjs", "first.mjs"];
  const output = await runProgram(join(bin, "node"), args, folder, atHome);
  assertStringIncludes(output, `'${WORDS[0]}'`);
});

testUnless(reason, "a conversation is answered in Node and in Bun", async () => {
  await write(
    "chat.mjs",
    `import { pipeline } from "@lsg/core";
const name = "HuggingFaceTB/SmolLM2-135M-Instruct";
const generator = await pipeline("text-generation", name, { device: "wasm", threads: 1 });
const messages = [{ role: "user", content: "Who left Bath?" }];
const [{ generated_text }] = await generator(messages, { max_new_tokens: 3 });
console.log(generated_text.map(({ role }) => role).join());
process.exit();
`,
  );
  const node = await runProgram("node", ["--import", "./hub.mjs", "chat.mjs"], folder, atHome);
  assertEquals(node.trim(), "user,assistant");
  const bun = ["--preload", "./hub.mjs", "chat.mjs"];
  assertEquals((await runProgram(join(bin, "bun"), bun, folder, atHome)).trim(), "user,assistant");
});

testUnless(reason, "programs for transformers.js print in Node what they print there", async () => {
  const names = Object.keys(PRINTED).filter((name) => name !== "worker");
  for (const name of names) {
    await write(`${name}.program.js`, await Deno.readTextFile(new URL(`${name}.js`, PROGRAMS)));
  }
  await write(
    "programs.mjs",
    `import { env } from "@lsg/core";
    env.localModelPath = ${JSON.stringify(MODELS)};
    ${plain}
    const { log } = console;
    for (const name of ${JSON.stringify(names)}) {
      const lines = [];
      console.log = (...values) => lines.push(values);
      await import("./" + name + ".program.js");
      log(JSON.stringify([name, plain(lines)]));
    }
    process.exit(0);`,
  );
  const output = await runProgram("node", ["programs.mjs"], folder, atHome);
  const printed: [string, unknown][] = output.trim().split("\n").map((line) => JSON.parse(line));
  assertEquals(printed.map(([name]) => name), names);
  for (const [name, lines] of printed) assertPrinted(lines, PRINTED[name], name);
});

testUnless(reason, "the commands of docs/node.md run", async () => {
  const commands = codeOf("docs/node.md", "sh").flatMap(commandsOf);
  // npm's own programs would load it, too.
  const environment = { ...atHome, NODE_OPTIONS: `--import=${toFileUrl(join(folder, "hub.mjs"))}` };
  const [install, ...rest] = commands;
  assertEquals(install, "npm install @lsg/core");
  for (const command of rest) await runProgram("bash", ["-ec", command], folder, environment);
});

testUnless(reason, "every subpath can be imported and required", async () => {
  const names = Object.keys(config.exports).map((name) => `@lsg/core${name.slice(1)}`);
  const script = `for (const name of ${JSON.stringify(names)}) {
    const imported = await import(name);
    // What awaits at its top cannot be required: the command line.
    if (name.endsWith("/cli")) continue;
    const required = process.getBuiltinModule("node:module").createRequire(import.meta.url)(name);
    if (Object.keys(required).join() !== Object.keys(imported).join()) throw new Error(name);
  }`;
  await write("subpaths.mjs", script);
  for (const program of ["node", join(bin, "node")]) {
    await runProgram(program, ["subpaths.mjs"], folder);
  }
});

testUnless(reason, "npx lsg is the command line", async () => {
  const args = ["lsg", "fill-mask", MODEL, "--text", TEXT, "--top-k", "1"];
  assert((await runProgram("npx", args, folder)).includes("smile"));
});

testUnless(
  reason,
  "its types compile in both ways of finding modules, and are strict",
  async () => {
    for (const [module, moduleResolution] of [["esnext", "bundler"], ["nodenext", "nodenext"]]) {
      const compilerOptions = {
        ...{ module, moduleResolution, noEmit: true, strict: true, target: "es2022", types: [] },
        lib: ["es2022", "dom"],
      };
      await write("tsconfig.json", JSON.stringify({ compilerOptions, files: ["typed.ts"] }));
      await runProgram(join(bin, "tsc"), ["--project", "."], folder);
    }
  },
);

testUnless(reason, "lsg serve answers openai's client in Node", async () => {
  const packages = SERVER_PACKAGES.map((name) => config.imports[name].slice("npm:".length));
  const install = ["install", "--no-audit", "--no-fund", ...packages, "openai@7.59.0"];
  await runProgram("npm", install, folder);
  const lsg = join(folder, "node_modules/.bin/lsg");
  const { url, stop } = await startServer(SERVED, [], ["node", lsg]);
  try {
    await write("openai.mjs", openAiClient(url, "openai"));
    assertOpenAiAnswers(await runProgram("node", ["openai.mjs"], folder));
  } finally {
    assertEquals(await stop(), 0);
  }
});

const executable = findChromium();
const isRequired = Deno.env.get("LSG_REQUIRE_BROWSER") === "1";
const noBrowser = executable || isRequired ? undefined : "Chromium is not installed";

testUnless(reason ?? noBrowser, "pages download no more than they did", async (t) => {
  if (executable === undefined) throw new Error("Cannot find Chromium: set LSG_CHROMIUM");
  const browser = await startChromium(executable);
  try {
    for (const page of PAGES) {
      await t.step(page.name, async () => {
        const tools = { esbuild: join(bin, "esbuild"), browser, model: MODEL };
        const { scripts, bytes } = await measurePage(page, folder, tools);
        const [size, most, goal] = [bytes / 1000, page.most, page.goal].map((kb) => kb.toFixed(1));
        console.log(
          `  ${page.name}: ${size} KB gzip in ${scripts} scripts, at most ${most} (goal: ${goal})`,
        );
        assert(bytes <= page.most * 1000, `${size} KB, wanted at most ${most}`);
      });
    }
  } finally {
    await browser.close();
  }
});

testUnless(reason ?? noBrowser, "pages of esbuild, webpack and Vite run in Chromium", async (t) => {
  if (executable === undefined) throw new Error("Cannot find Chromium: set LSG_CHROMIUM");
  const browser = await startChromium(executable);
  try {
    for (const [name, args] of Object.entries(BUNDLERS)) {
      await t.step(name, async () => {
        const out = join(folder, `page-${name}`);
        await runProgram(join(bin, name), args(out), folder);
        if (name !== "vite") await Deno.copyFile(join(folder, "index.html"), `${out}/index.html`);
        const server = serveFolders({ "/": out, "/model/": MODEL });
        try {
          const page = await browser.newPage();
          const errors: string[] = [];
          page.on("pageerror", (error) => errors.push(String(error)));
          await page.goto(server.url, { waitUntil: "load" });
          await page.waitForFunction("globalThis.isReady", undefined, { timeout: 10_000 });
          assertEquals(await page.evaluate('run("wasm")'), WORDS);
          assertEquals(await page.evaluate('run("webgpu")'), WORDS);
          assertEquals(errors, []);
          await page.close();
        } finally {
          await server.close();
        }
      });
    }
  } finally {
    await browser.close();
  }
});

testUnless(reason ?? noBrowser, "the worker of docs/browser.md answers its page", async () => {
  const [worker] = codeOf("docs/browser.md", "ts");
  const [page] = codeOf("docs/browser.md", "js");
  const [command] = codeOf("docs/browser.md", "sh").flatMap(commandsOf);
  await write("worker.ts", worker);
  await write(
    "page.js",
    `globalThis.answers = [];\n${page}\n` +
      'worker.addEventListener("message", ({ data }) => globalThis.answers.push(data));',
  );
  // The network is replaced before anything of the page runs.
  const script = `PATH=${bin}:$PATH ${command} --inject:./hub.mjs`;
  await runProgram("bash", ["-ec", script], folder);
  const out = join(folder, "dist");
  await Deno.writeTextFile(
    join(out, "index.html"),
    '<!doctype html><script type="module" src="page.js"></script>',
  );
  const browser = await startChromium(executable!);
  const server = serveFolders({ "/": out });
  try {
    const tab = await browser.newPage();
    await tab.goto(server.url, { waitUntil: "load" });
    await tab.waitForFunction(
      "globalThis.answers.some(({ results, error }) => results || error)",
      undefined,
      { timeout: 60_000 },
    );
    const answers = JSON.stringify(await tab.evaluate("globalThis.answers"));
    assertStringIncludes(answers, '"results":[{');
    assertStringIncludes(answers, '"progress"');
  } finally {
    await browser.close();
    await server.close();
  }
});

testUnless(undefined, "the server stops", () => hub.shutdown());
