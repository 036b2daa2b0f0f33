/**
 * Packages of npm that build and test the package, installed once below `.cache`.
 *
 * @module
 */
import { fromFileUrl } from "@std/path";

/** Root of the repository. */
export const ROOT: string = fromFileUrl(new URL("../", import.meta.url));

/**
 * Installs packages in a folder of their own, unless they are there.
 *
 * @param name Name of the folder in `.cache`.
 * @param packages Names with versions, such as `esbuild@0.25.12`.
 * @returns Path of the folder.
 * @throws {Error} If npm is not installed, or the registry cannot be reached.
 */
export async function npmTools(name: string, packages: readonly string[]): Promise<string> {
  const folder = `${ROOT}.cache/${name}`;
  const wanted = packages.join(" ");
  const found = await Deno.readTextFile(`${folder}/installed`).catch(() => undefined);
  if (found === wanted) return folder;
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(`${folder}/package.json`, "{}");
  await runProgram("npm", ["install", "--no-audit", "--no-fund", ...packages], folder);
  await Deno.writeTextFile(`${folder}/installed`, wanted);
  return folder;
}

/**
 * Runs a program to its end.
 *
 * @param program Its name or path.
 * @param args Its arguments.
 * @param cwd Its folder.
 * @param env Variables of its environment, besides those of this process.
 * @returns What it prints on standard output.
 * @throws {Error} With all that it prints, if it fails.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const command = new Deno.Command(program, { args: [...args], cwd, env });
  const { success, stdout, stderr } = await command.output();
  const [out, error] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  if (!success) throw new Error(`${program} ${args.join(" ")} failed: ${out}${error}`);
  return out;
}
