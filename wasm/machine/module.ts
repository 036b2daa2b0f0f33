/**
 * The compiled kernels: which build this machine runs, and an instance of it.
 *
 * @module
 */
import { KERNELS } from "./kernels.ts";

/** What the kernels export. */
export interface Kernels {
  /** Runs operations; see wasm/assembly/run.ts. */
  run(
    list: number,
    count: number,
    thread: number,
    threads: number,
    barrier: number,
    scratch: number,
  ): void;
  /** The first address after the kernels' own constants. */
  freeFrom(): number;
  /** Runs `12·iterations` multiply-adds of 4 values in registers: the machine's peak. */
  probe(iterations: number, x: number): number;
  /** Packs up to 8 rows of weights in 4, 2 or 1 bytes a value; see wasm/assembly/weights.ts. */
  packPanel(size: number, from: number, rows: number, inputs: number, to: number): number;
  /** The values of such weights. */
  unpackRows(
    size: number,
    packed: number,
    first: number,
    rows: number,
    inputs: number,
    to: number,
  ): void;
}

/** Builds of the kernels: with fused multiply-add, or with what every engine has. */
export type Build = "relaxed" | "plain";

const BUILDS: readonly Build[] = ["relaxed", "plain"];

/** A compiled build. */
export interface CompiledKernels {
  /** Which one. */
  readonly build: Build;
  /** Whether its memory is shared between threads. */
  readonly isShared: boolean;
  /** The module. */
  readonly module: WebAssembly.Module;
}

/**
 * Compiles the fastest build that this engine takes.
 *
 * @param isShared Whether several threads will share the memory.
 * @param build A build; absent: with relaxed SIMD if the engine has it.
 * @returns The module.
 * @throws {RangeError} If the engine has no WebAssembly SIMD, or there is no such build.
 */
export async function compileKernels(isShared: boolean, build?: Build): Promise<CompiledKernels> {
  if (build !== undefined && !BUILDS.includes(build)) {
    throw new RangeError(
      `Cannot run the build ${JSON.stringify(build)}: wanted "relaxed" or "plain"`,
    );
  }
  const builds = build ? [build] : BUILDS;
  for (const name of builds) {
    const bytes = decode(KERNELS[`${name}${isShared ? "Shared" : ""}`]);
    if (!WebAssembly.validate(bytes)) continue;
    return { build: name, isShared, module: await WebAssembly.compile(bytes) };
  }
  throw new RangeError(
    `Cannot run the ${builds.join(" or ")} kernels: this engine lacks WebAssembly SIMD` +
      (isShared ? " or threads" : ""),
  );
}

/**
 * Whether this engine runs the kernels at all.
 *
 * @returns True if it has WebAssembly SIMD.
 */
export function hasSimd(): boolean {
  return typeof WebAssembly !== "undefined" && WebAssembly.validate(decode(KERNELS.plain));
}

/**
 * Makes an instance that works on a memory.
 *
 * @param module The kernels.
 * @param memory The memory.
 * @returns The kernels' functions.
 */
export async function instantiateKernels(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): Promise<Kernels> {
  const instance = await WebAssembly.instantiate(module, { env: { memory } });
  return instance.exports as unknown as Kernels;
}

function decode(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
