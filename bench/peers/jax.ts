/**
 * The package jax-js.
 *
 * @module
 */
import { importPackage } from "./package.ts";

/** What is used of an array. Operations consume their arguments; `ref` keeps one. */
export interface JaxArray {
  readonly ref: JaxArray;
  blockUntilReady(): Promise<JaxArray>;
  dispose(): void;
}

/** What is used of the package. */
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
 * Loads it.
 *
 * @param device Where it computes.
 * @returns The module.
 */
export async function openJax(device: "wasm" | "webgpu"): Promise<Jax> {
  const jax = await importPackage<Jax>("@jax-js/jax");
  await jax.init(device);
  jax.defaultDevice(device);
  return jax;
}
