import { assertEquals, assertMatch } from "@std/assert";
import local from "../deno.json" with { type: "json" };
import published from "../deno.publish.json" with { type: "json" };

Deno.test("the published config equals the local one except for the source of @std", () => {
  const { name, version, license, exports, publish, compilerOptions, imports: localImports } =
    local;
  const rest = { name, version, license, exports, publish, compilerOptions };
  const { imports: publishedImports, ...publishedRest } = published;
  assertEquals(publishedRest, rest);
  assertEquals(Object.keys(publishedImports), Object.keys(localImports));
});

Deno.test("@std comes from JSR in the published config, everything else from the same source", () => {
  for (const [name, target] of Object.entries(published.imports)) {
    if (name.startsWith("@std/")) {
      const [, path] = name.match(/^@std\/([^/]+)/)!;
      assertMatch(target, new RegExp(`^jsr:@std/${path}@\\^?\\d`));
    } else {
      assertEquals(target, (local.imports as Record<string, string>)[name]);
    }
  }
});

Deno.test("@std comes from npm in the local config, pinned, with the same module", () => {
  for (const [name, target] of Object.entries(local.imports)) {
    if (!name.startsWith("@std/")) continue;
    const [, path, module = "mod"] = name.match(/^@std\/([^/]+)(?:\/(.+))?$/)!;
    assertEquals(target, `npm:deno-std@1.4.0/${path}/${module.replaceAll("-", "_")}.js`);
  }
});

Deno.test("the gate lints the documentation of every export", () => {
  const [, linted] = local.tasks.static.command.match(/deno doc --lint ([^&]+) &&/)!;
  const exported = Object.values(local.exports).map((path) => path.replace("./", ""));
  assertEquals(linted.split(" ").sort(), exported.sort());
});
