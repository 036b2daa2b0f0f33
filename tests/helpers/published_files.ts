import config from "../../deno.json" with { type: "json" };

/** The repository's root. */
export const ROOT: URL = new URL("../../", import.meta.url);

/** Folders that git ignores, and that are excluded from everything. */
const IGNORED = [...config.exclude, "node_modules", "coverage"];

/**
 * Lists what `deno publish` would send; `deno task test:strangers` compares.
 *
 * @returns Paths relative to the root, sorted.
 */
export function publishedFiles(): string[] {
  const excluded = [...config.publish.exclude.map((path) => path.replace(/\/$/, "")), ...IGNORED];
  const list = (folder: string): string[] =>
    [...Deno.readDirSync(new URL(folder, ROOT))].flatMap(({ name, isDirectory }) => {
      const path = `${folder}${name}`;
      if (name.startsWith(".") || excluded.includes(path)) return [];
      return isDirectory ? list(`${path}/`) : [path];
    });
  return list("").sort();
}

/**
 * Reads a file of the repository.
 *
 * @param path Its path, relative to the root.
 * @returns Its text.
 */
export function readRepositoryFile(path: string): string {
  return Deno.readTextFileSync(new URL(path, ROOT));
}

/**
 * Finds the examples in the comments of a module.
 *
 * @param code The module.
 * @returns The code of each.
 */
export function examplesOf(code: string): string[] {
  return [...code.matchAll(/^ *\* ```[jt]s[^\n]*\n(.*?)^ *\* ```$/gms)].map(([, text]) =>
    text.replace(/^ *\* ?/gm, "")
  );
}
