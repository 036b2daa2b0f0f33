import { join } from "@std/path";
import type { Browser } from "playwright-core";
import { runProgram } from "../../tools/npm_tools.ts";
import { serveFolders } from "./serve_folders.ts";

/** A page, and the size of what it downloads. */
export interface MeasuredPage {
  /** Its name in the report. */
  readonly name: string;
  /** Its script: it computes something with `model`, a checkpoint's URL, and gives `answer`. */
  readonly script: string;
  /** What it computes, as text. */
  readonly answer: string;
  /** Most kilobytes of its scripts, each compressed by gzip: a little over what has been reached. */
  readonly most: number;
  /** Kilobytes that are aimed at. */
  readonly goal: number;
}

const fillMask = (device: string) => `
import { pipeline } from "@lsg/core";
const unmasker = await pipeline("fill-mask", model, { device: "${device}" });
const results = await unmasker("She looked at him with a <mask> in her eyes.", { top_k: 2 });
const answer = results.map(({ token_str }) => token_str);`;

/** Sizes that are held. Everything counts that a page downloads until its first answer. */
export const PAGES: readonly MeasuredPage[] = [
  {
    name: "webgpu",
    script: fillMask("webgpu"),
    answer: " smile, sigh",
    most: 75.9,
    goal: 75,
  },
  {
    name: "webgpu, features",
    script: `
import { pipeline } from "@lsg/core";
const extractor = await pipeline("feature-extraction", model, { device: "webgpu" });
const answer = (await extractor("The sea.")).dims;`,
    answer: "1,5,256",
    most: 77.2,
    goal: 75,
  },
  {
    name: "wasm",
    script: fillMask("wasm"),
    answer: " smile, sigh",
    most: 114.4,
    goal: 145,
  },
  {
    name: "tokenizer",
    script: `
import { AutoTokenizer } from "@lsg/core/tokenizer";
const tokenizer = await AutoTokenizer.from_pretrained(model);
const answer = tokenizer.decode(tokenizer.encode("The sea."), { skip_special_tokens: true });`,
    answer: "The sea.",
    most: 25.7,
    goal: 25,
  },
  {
    name: "chat template",
    script: `
import { AutoTokenizer, loadChatTemplates } from "@lsg/core/tokenizer";
const tokenizer = await AutoTokenizer.from_pretrained(model);
await loadChatTemplates();
const chat_template = "{% for m in messages %}{{ m.role ~ ': ' ~ m.content }}{% endfor %}";
const messages = [{ role: "user", content: "The sea." }];
const answer = tokenizer.apply_chat_template(messages, { chat_template, tokenize: false });`,
    answer: "user: The sea.",
    most: 45.8,
    goal: 45,
  },
  {
    name: "functional",
    script: `
import { lsgAttention } from "@lsg/core/functional";
const rows = new Float32Array(256 * 8).fill(1);
const input = { query: rows, key: rows, value: rows };
const global = rows.slice(0, 8);
const { output } = await lsgAttention(
  { ...input, globalQuery: global, globalKey: global, globalValue: global },
  { batch: 1, tokens: 256, heads: 2, block_size: 64, sparse_block_size: 64 },
);
const answer = [output.length, output[0]];`,
    answer: "2048,1",
    most: 12.7,
    goal: 13,
  },
];

/**
 * Bundles a page with the package as it is installed, runs it, and measures what it downloads.
 *
 * @param page The page.
 * @param folder A folder in which the package is installed.
 * @param tools The bundler, the browser, and a folder with a checkpoint.
 * @returns The number of its scripts, and their bytes, each compressed.
 * @throws {Error} If it computes something else.
 */
export async function measurePage(
  { name, script, answer }: MeasuredPage,
  folder: string,
  { esbuild, browser, model }: { esbuild: string; browser: Browser; model: string },
): Promise<{ scripts: number; bytes: number }> {
  const text =
    `const model = location.origin + "/model";${script}\nglobalThis.answer = \`\${answer}\`;`;
  await Deno.writeTextFile(join(folder, "measured.js"), text);
  const output = join(folder, `measured-${name.replace(/\W+/g, "-")}`);
  await runProgram(esbuild, [
    "measured.js",
    ...["--bundle", "--splitting", "--format=esm", "--minify", "--log-level=warning"],
    `--outdir=${output}`,
  ], folder);
  const html = '<!doctype html><script type="module" src="measured.js"></script>';
  await Deno.writeTextFile(join(output, "index.html"), html);
  const server = serveFolders({ "/": output, "/model/": model });
  try {
    const page = await browser.newPage();
    const scripts = new Set<string>();
    const errors: string[] = [];
    page.on("request", (request) => {
      const { pathname } = new URL(request.url());
      if (pathname.endsWith(".js")) scripts.add(pathname);
    });
    page.on("pageerror", (error) => errors.push(String(error)));
    await page.goto(server.url);
    await page.waitForFunction("globalThis.answer !== undefined", undefined, { timeout: 30_000 })
      .catch((cause) => {
        throw new Error(`The page ${name} fails: ${errors.join("; ")}`, { cause });
      });
    const given = await page.evaluate("answer");
    await page.close();
    if (given !== answer) throw new Error(`The page ${name} gives ${given}, wanted ${answer}`);
    let bytes = 0;
    for (const path of scripts) {
      const { body } = new Response(await Deno.readFile(join(output, path)));
      const zipped = body!.pipeThrough(new CompressionStream("gzip"));
      bytes += (await new Response(zipped).bytes()).length;
    }
    return { scripts: scripts.size, bytes };
  } finally {
    await server.close();
  }
}
