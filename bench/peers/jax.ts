/**
 * The jax-js package.
 *
 * @module
 */
import { importPackage } from "./package.ts";

/** The part of an array that is used. Operations consume their arguments; `ref` retains one. */
export interface JaxArray {
  readonly ref: JaxArray;
  blockUntilReady(): Promise<JaxArray>;
  dispose(): void;
}

/** The part of the package that is used. */
export interface Jax {
  init(device: string): Promise<string[]>;
  defaultDevice(device: string): string;
  readonly random: {
    key(seed: number): JaxArray;
    normal(key: JaxArray, shape: number[]): JaxArray;
  };
  readonly numpy: { matmul(left: JaxArray, right: JaxArray): JaxArray };
}

/**
 * Loads the package.
 *
 * @param device Device to run on.
 * @returns The module.
 */
export async function openJax(device: "wasm" | "webgpu"): Promise<Jax> {
  const jax = await importPackage<Jax>("@jax-js/jax");
  await jax.init(device);
  jax.defaultDevice(device);
  return jax;
}
