/**
 * Packages of npm that are measured where they are installed.
 *
 * @module
 */

/** The versions that are measured. */
export const VERSIONS = {
  "@jax-js/jax": "0.1.25",
  "onnxruntime-node": "1.30.0",
  "onnxruntime-web": "1.30.0",
} as const;

/**
 * Loads a package. Its name is put together here, so that neither the type check nor the lock file
 * asks for it.
 *
 * @typeParam Module What is used of it.
 * @param name Its name on npm.
 * @returns The module.
 */
export async function importPackage<Module>(name: keyof typeof VERSIONS): Promise<Module> {
  return await import(`npm:${name}@${VERSIONS[name]}`);
}
