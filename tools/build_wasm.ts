/**
 * `deno task build:wasm [--check]`: compiles wasm/assembly to wasm/machine/kernels.ts, or compares.
 *
 * @module
 */
import { main as compile } from "assemblyscript/asc";

const OUTPUT = new URL("../wasm/machine/kernels.ts", import.meta.url);

/** A shared memory has a fixed size: growing one costs a check at each access. */
const SHARED = ["--sharedMemory", "--initialMemory", "65536", "--maximumMemory", "65536"];
const UNSHARED = ["--initialMemory", "1", "--maximumMemory", "65536"];
const RELAXED = ["--enable", "relaxed-simd"];

const builds: Readonly<Record<string, readonly string[]>> = {
  relaxed: [...UNSHARED, ...RELAXED],
  relaxedShared: [...SHARED, ...RELAXED],
  plain: UNSHARED,
  plainShared: SHARED,
};

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
  if (error || !bytes) throw new Error(`The kernels do not compile:\n${stderr}`);
  return bytes;
}

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

const entries: string[] = [];
for (const [name, flags] of Object.entries(builds)) {
  const bytes = await build(flags);
  console.log(`${name.padEnd(14)} ${bytes.length.toLocaleString("en").padStart(7)} bytes`);
  entries.push(`  ${name}:\n    "${base64(bytes)}",\n`);
}
const source = `/**
 * The compiled kernels, made by \`deno task build:wasm\` from wasm/assembly; do not edit.
 *
 * @module
 */

/** Each build as base64. */
export const KERNELS: Readonly<Record<string, string>> = {
${entries.join("")}};
`;
if (!Deno.args.includes("--check")) {
  await Deno.writeTextFile(OUTPUT, source);
} else if (await Deno.readTextFile(OUTPUT) !== source) {
  console.error(
    "wasm/machine/kernels.ts is not what wasm/assembly compiles to: run deno task build:wasm",
  );
  Deno.exit(1);
}
