/** Files that are found by the names of operations. */
import { assertEquals } from "@std/assert";
import config from "../deno.json" with { type: "json" };
import * as operations from "./helpers/all_operations.ts";

const root = new URL("../", import.meta.url);

/** The file of each operation: `gatherRows` is in gather_rows.ts. */
const FILES = Object.keys(operations)
  .map((name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));

/** The names of a folder's TypeScript files, without the ending. */
function filesOf(folder: string): string[] {
  return [...Deno.readDirSync(new URL(folder, root))]
    .filter(({ isFile, name }) => isFile && name.endsWith(".ts"))
    .map(({ name }) => name.slice(0, -".ts".length));
}

/** Adds a module and all that it uses; what a mod.ts only exports again is not used by that. */
function reach(path: string, found: Set<string>): Set<string> {
  if (found.has(path)) return found;
  found.add(path);
  if (path.endsWith("/mod.ts")) return found;
  const text = Deno.readTextFileSync(new URL(path, root));
  for (const [, other] of text.matchAll(/"(\.{1,2}\/[^"]+\.ts)"/g)) {
    reach(new URL(other, new URL(path, root)).href.slice(root.href.length), found);
  }
  return found;
}

for (const folder of ["ops", "cpu", "wasm", "gpu"]) {
  Deno.test(`${folder}/ has a file for each operation`, () => {
    const files = filesOf(folder);
    assertEquals(FILES.filter((name) => !files.includes(name)), []);
  });
}

Deno.test("each kernel of the reference has its test", () => {
  const tests = filesOf("tests/cpu");
  assertEquals(FILES.filter((name) => !tests.includes(`${name}_test`)), []);
});

for (const folder of ["cpu", "wasm", "gpu"]) {
  Deno.test(`${folder}/ has no file that its backend, device.ts and users do not need`, () => {
    // With what users import from the folder, by a path of its own.
    const entries = Object.values(config.exports).map((path) => path.slice("./".length))
      .filter((path) => path.startsWith(`${folder}/`));
    const used = new Set<string>();
    for (const path of [`${folder}/backend.ts`, "device.ts", ...entries]) reach(path, used);
    const all = [folder, ...(folder === "cpu" ? [] : [`${folder}/machine`])]
      .flatMap((folder) => filesOf(folder).map((name) => `${folder}/${name}.ts`));
    assertEquals(all.filter((path) => !used.has(path)), []);
  });
}
