/** What docs/speed.md counts without measuring. */
import { assert } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { readImports } from "../../tools/check_layers.ts";
import { readRepositoryFile, ROOT } from "../helpers/published_files.ts";

Deno.test("as many modules are loaded as the page says", async () => {
  const imports = (await readImports(fromFileUrl(ROOT)))
    .filter(({ isDynamic, isType }) => !isDynamic && !isType);
  const importsOf = Map.groupBy(imports, ({ from }) => from);
  const loadedBy = (path: string, found = new Set([path])) => {
    for (const { to } of importsOf.get(path) ?? []) {
      if (!found.has(to)) loadedBy(to, found.add(to));
    }
    return found.size;
  };
  const text = readRepositoryFile("docs/speed.md").replaceAll(/\s+/g, " ");
  const [, tasks, all] = text.match(/loads some (\d+) modules, `@lsg\/core` some (\d+) /)!;
  for (const [path, told] of [["pipelines/mod.ts", tasks], ["mod.ts", all]]) {
    const count = loadedBy(path);
    assert(
      Math.abs(count / Number(told) - 1) < 0.05,
      `${path} loads ${count} modules, not ${told}`,
    );
  }
});
