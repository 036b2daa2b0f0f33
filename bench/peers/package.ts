/**
 * npm packages that are measured if they are installed.
 *
 * @module
 */

/** Versions to measure. */
export const VERSIONS = {
  "@jax-js/jax": "0.1.25",
  "onnxruntime-node": "1.30.0",
  "onnxruntime-web": "1.30.0",
} as const;

/**
 * Loads a package. Its specifier is built at run time, so that neither the type check nor the lock
 * file needs it.
 *
 * @typeParam Module The part of the module that is used.
 * @param name Name on npm.
 * @returns The module.
 */
export async function importPackage<Module>(name: keyof typeof VERSIONS): Promise<Module> {
  return await import(`npm:${name}@${VERSIONS[name]}`);
}
