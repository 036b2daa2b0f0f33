/**
 * `deno task build:wasm [--check]`: generates the arguments of the kernels from their definitions and
 * compiles wasm/assembly to wasm/machine/kernels.ts, or compares.
 *
 * @module
 */
import { main as compile } from "assemblyscript/asc";
import type { Build } from "../wasm/machine/module.ts";
import { shareMemory } from "../wasm/machine/share_memory.ts";
import { generateAssembly } from "./generate_assembly.ts";

const ROOT = new URL("../", import.meta.url);

const BUILDS: Readonly<Record<Build, readonly string[]>> = {
  relaxed: ["--enable", "relaxed-simd"],
  plain: [],
};

const UNSHARED = ["--initialMemory", "1", "--maximumMemory", "65536"];
const SHARED = ["--sharedMemory", "--initialMemory", "65536", "--maximumMemory", "65536"];

async function build(flags: readonly string[]): Promise<Uint8Array> {
  let bytes: Uint8Array | undefined;
  const { error, stderr } = await compile([
    "wasm/assembly/run.ts",
    ...["--outFile", "kernels.wasm", "-O3", "--noAssert", "--runtime", "stub"],
    ...["--importMemory", "--enable", "simd", "--enable", "threads", "--disableWarning", "201"],
    ...flags,
  ], {
    writeFile(name: string, contents: string | Uint8Array) {
      if (name === "kernels.wasm") bytes = contents as Uint8Array;
    },
  });
  if (error || !bytes) throw new Error(`Cannot compile the kernels:\n${stderr}`);
  return bytes;
}

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** Writes a generated file, or with --check asserts that it is what is there. */
async function output(path: string, text: string): Promise<void> {
  const file = new URL(path, ROOT);
  if (!Deno.args.includes("--check")) return await Deno.writeTextFile(file, text);
  if (await Deno.readTextFile(file) === text) return;
  console.error(`${path} is not what its sources make: run deno task build:wasm`);
  Deno.exit(1);
}

for (const [path, text] of Object.entries(generateAssembly())) await output(path, text);

const entries: string[] = [];
for (const [name, flags] of Object.entries(BUILDS)) {
  const bytes = await build([...UNSHARED, ...flags]);
  if (!equal(shareMemory(bytes), await build([...SHARED, ...flags]))) {
    throw new Error(
      `Cannot hold the build ${name} once: what shareMemory() makes of it is not what compiling ` +
        "with --sharedMemory makes; see wasm/machine/share_memory.ts",
    );
  }
  console.log(`${name.padEnd(7)} ${bytes.length.toLocaleString("en")} bytes`);
  entries.push(`  ${name}:\n    "${base64(bytes)}",\n`);
}
const source = `/**
 * The compiled kernels, made by \`deno task build:wasm\` from wasm/assembly; do not edit.
 *
 * @module
 */

/** Each build as base64, for a memory that is not shared. */
export const KERNELS: Readonly<Record<"relaxed" | "plain", string>> = {
${entries.join("")}};
`;
await output("wasm/machine/kernels.ts", source);
