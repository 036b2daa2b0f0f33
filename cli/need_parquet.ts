/**
 * Packages for Parquet, which nothing else needs.
 *
 * @module
 */

/**
 * Waits for a module that imports a package. Deno has it by itself; npm installs it only if it is
 * asked to.
 *
 * @param name Name of the package.
 * @param module The module.
 * @returns The module.
 * @throws {Error} If the package is not there; the message tells how to install it.
 */
export async function needParquet<Module>(name: string, module: Promise<Module>): Promise<Module> {
  try {
    return await module;
  } catch (cause) {
    if ((cause as { code?: string }).code !== "ERR_MODULE_NOT_FOUND") throw cause;
    throw new Error(`Cannot use Parquet: wanted the package ${name}; npm install ${name}`, {
      cause,
    });
  }
}
