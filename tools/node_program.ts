/**
 * `lsg` for Node, for tests and measurements that run it beside the one of Deno: the scripts of the
 * package for npm, without its types.
 *
 * @module
 */
import { join } from "@std/path";
import config from "../deno.json" with { type: "json" };
import { THREADS, TOOLS } from "./build_npm.ts";
import { bundleScripts } from "./bundle_scripts.ts";
import { npmTools, ROOT } from "./npm_tools.ts";

/** Packages that batches need. */
const PACKAGES = [
  "@huggingface/jinja",
  "bullmq",
  "hyparquet",
  "hyparquet-compressors",
  "hyparquet-writer",
  "ioredis",
] as const;

let built: Promise<string> | undefined;

/**
 * Builds the program, once.
 *
 * @returns Path of its cli.js, beside the packages that it imports.
 * @throws {Error} If npm's registry cannot be reached.
 */
export function buildNodeProgram(): Promise<string> {
  return built ??= build();
}

async function build(): Promise<string> {
  const tools = await npmTools("npm-tools", TOOLS);
  const packages = PACKAGES.map((name) => config.imports[name].replace(/^npm:/, ""));
  const folder = await npmTools("node-program", packages);
  const output = join(folder, "lsg");
  await Deno.remove(output, { recursive: true }).catch(() => {});
  await Deno.mkdir(output);
  await bundleScripts(["cli", ...THREADS], { root: ROOT, tools, output });
  // Scripts of a folder without one are not modules.
  await Deno.writeTextFile(join(output, "package.json"), '{ "type": "module" }');
  return join(output, "cli.js");
}

if (import.meta.main) console.log(await buildNodeProgram());
