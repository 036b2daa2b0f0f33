/**
 * `deno task build:wasm [--check]`: generates the arguments of the kernels from their definitions and
 * compiles wasm/assembly to wasm/machine/kernels_*.ts, or compares.
 *
 * @module
 */
import { main as compile } from "assemblyscript/asc";
import type { Build } from "../wasm/machine/module.ts";
import { shareMemory } from "../wasm/machine/share_memory.ts";
import { compress } from "./compress.ts";
import { generateAssembly } from "./generate_assembly.ts";
import { makePatch } from "./make_patch.ts";

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

const CONTENTS: Readonly<Record<Build, string>> = {
  relaxed: "The build `relaxed` for a memory that is not shared",
  plain: "The patch that makes the build `plain` of the build `relaxed`",
};

/** The text of the module that holds a build. */
const moduleOf = (name: string, base64: string) =>
  `/**
 * The compiled kernels, made by \`deno task build:wasm\` from wasm/assembly; do not edit.
 *
 * @module
 */

/** ${CONTENTS[name as Build]}, compressed by gzip, as base64. */
export const KERNELS =
  "${base64}";
`;

async function decompress(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new DecompressionStream("gzip");
  return await new Response(new Blob([bytes]).stream().pipeThrough(stream)).bytes();
}

/** Whether a file holds these bytes, however they were compressed. */
async function holds(path: string, name: string, bytes: Uint8Array): Promise<boolean> {
  const text = await Deno.readTextFile(new URL(path, ROOT)).catch(() => "");
  const [, held = ""] = text.match(/"([\w+/=]+)"/) ?? [];
  if (text !== moduleOf(name, held)) return false;
  const zipped = Uint8Array.from(atob(held), (character) => character.charCodeAt(0));
  return equal(await decompress(zipped), bytes);
}

let relaxed: Uint8Array | undefined;
for (const [name, flags] of Object.entries(BUILDS)) {
  const bytes = await build([...UNSHARED, ...flags]);
  if (!equal(shareMemory(bytes), await build([...SHARED, ...flags]))) {
    throw new Error(
      `Cannot hold the build ${name} once: what shareMemory() makes of it is not what compiling ` +
        "with --sharedMemory makes; see wasm/machine/share_memory.ts",
    );
  }
  console.log(`${name.padEnd(7)} ${bytes.length.toLocaleString("en")} bytes`);
  const path = `wasm/machine/kernels_${name}.ts`;
  const held = relaxed ? makePatch(relaxed, bytes) : bytes;
  relaxed ??= bytes;
  if (await holds(path, name, held)) continue;
  await output(path, moduleOf(name, base64(await compress(held))));
}
