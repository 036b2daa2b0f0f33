/**
 * Compiles and instantiates the build of the kernels that this engine runs.
 *
 * @module
 */
import { hasRelaxedSimd } from "./has_simd.ts";
import { shareMemory } from "./share_memory.ts";

/** The functions that the kernels export. */
export interface Kernels {
  /** Runs operations on several threads; see wasm/assembly/run.ts. */
  run(
    list: number,
    count: number,
    thread: number,
    threads: number,
    barrier: number,
    scratch: number,
  ): void;
  /** Runs a part of an operation on this thread alone; returns whether a part may be left. */
  runPart(at: number, part: number, work: number, scratch: number): number;
  /** The first address after the kernels' own constants. */
  freeFrom(): number;
  /** Runs `12·iterations` multiply-adds of 4 values in registers, which measures peak speed. */
  probe(iterations: number, x: number): number;
  /** Reads `bytes` of memory, a multiple of 128, which measures bandwidth. */
  readThrough(from: number, bytes: number): number;
  /** Packs up to 8 rows of weights in 4, 2 or 1 bytes per value; see wasm/assembly/weights.ts. */
  packPanel(size: number, from: number, rows: number, inputs: number, to: number): number;
  /** Widens numbers in half precision; see wasm/assembly/half.ts. */
  widenRow(from: number, count: number, to: number): void;
  /** Packs up to 8 rows of weights that are integers already; see wasm/assembly/quantize.ts. */
  packRounded(from: number, steps: number, rows: number, inputs: number, to: number): void;
  /** Unpacks a row of such weights into 32-bit floats, padded to a multiple of 64. */
  unpackRow(size: number, packed: number, row: number, inputs: number, to: number): void;
  /** The fastest way of multiplying bytes that is exact on this engine; see products.ts. */
  findProducts(): number;
  /** Sets the way of this instance. */
  setProducts(way: number): void;
}

/** Builds of the kernels: with relaxed SIMD (fused multiply-add), or with plain SIMD. */
export type Build = "relaxed" | "plain";

/** The builds, the fastest first, as base64: the second as a patch of the first. */
const BUILDS: Readonly<Record<Build, () => Promise<string>>> = {
  relaxed: async () => (await import("./kernels_relaxed.ts")).KERNELS,
  plain: async () => (await import("./kernels_plain.ts")).KERNELS,
};

const ALL = Object.keys(BUILDS) as Build[];

/** A compiled build of the kernels. */
export interface CompiledKernels {
  /** The build. */
  readonly build: Build;
  /** Whether its memory is shared between threads. */
  readonly isShared: boolean;
  /** The compiled module. */
  readonly module: WebAssembly.Module;
}

/**
 * Compiles the fastest build that this engine runs.
 *
 * @param isShared Whether several threads will share the memory.
 * @param build A build; absent: the one with relaxed SIMD if the engine supports it.
 * @returns The compiled module.
 * @throws {RangeError} If the engine lacks WebAssembly SIMD, or `build` is unknown.
 */
export async function compileKernels(isShared: boolean, build?: Build): Promise<CompiledKernels> {
  if (build !== undefined && !Object.hasOwn(BUILDS, build)) {
    throw new RangeError(
      `Cannot run the build ${JSON.stringify(build)}: wanted "relaxed" or "plain"`,
    );
  }
  const builds = build ? [build] : hasRelaxedSimd() ? ALL : ["plain" as const];
  for (const name of builds) {
    const held = await importKernels(name);
    const bytes = isShared ? shareMemory(held) : held;
    if (!WebAssembly.validate(bytes)) continue;
    return { build: name, isShared, module: await WebAssembly.compile(bytes) };
  }
  throw new RangeError(
    `Cannot run the ${build ?? ALL.join(" or ")} kernels: this engine lacks WebAssembly SIMD` +
      (isShared ? " or threads" : ""),
  );
}

/**
 * Instantiates the kernels on a memory.
 *
 * @param module The compiled kernels.
 * @param memory The memory that they work on, shared if the module was compiled so.
 * @returns The kernels' functions.
 */
export async function instantiateKernels(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): Promise<Kernels> {
  const instance = await WebAssembly.instantiate(module, { env: { memory } });
  return instance.exports as unknown as Kernels;
}

/**
 * Imports a build of the kernels.
 *
 * @param build The build.
 * @returns The module, for a memory that is not shared.
 */
export async function importKernels(build: Build): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await unzip(decodeBase64(await BUILDS[build]()));
  if (build === "relaxed") return bytes;
  const { applyPatch } = await import("./patch.ts");
  return applyPatch(await importKernels("relaxed"), bytes);
}

async function unzip(zipped: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  // Not through a Response, which takes several milliseconds to load.
  const { readable, writable } = new DecompressionStream("gzip");
  const writer = writable.getWriter();
  const written = writer.write(zipped).then(() => writer.close());
  const chunks: Uint8Array[] = [];
  for (const reader = readable.getReader();;) {
    const { value, done } = await reader.read();
    if (done) break;
    chunks.push(value);
  }
  await written;
  const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const { fromBase64 } = Uint8Array as { fromBase64?(text: string): Uint8Array<ArrayBuffer> };
  if (fromBase64) return fromBase64.call(Uint8Array, text);
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
