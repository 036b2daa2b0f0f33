/**
 * Packages that only a part of the library needs.
 *
 * @module
 */

/**
 * Waits for a module that imports packages. Deno has them by itself; npm installs them only if it is
 * asked to.
 *
 * @param part What needs them, for the message.
 * @param names Names of the packages.
 * @param module The module.
 * @returns The module.
 * @throws {Error} If a package is not there; the message tells how to install all of them.
 */
export async function needPackages<Module>(
  part: string,
  names: readonly string[],
  module: Promise<Module>,
): Promise<Module> {
  try {
    return await module;
  } catch (cause) {
    if ((cause as { code?: string }).code !== "ERR_MODULE_NOT_FOUND") throw cause;
    const several = names.length === 1 ? "the package" : "the packages";
    throw new Error(
      `Cannot use ${part}: wanted ${several} ${names.join(", ")}; npm install ${names.join(" ")}`,
      { cause },
    );
  }
}
