import { assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { serveSite } from "../../../web/build/serve_site.ts";
import { withFolder } from "../../helpers/with_folder.ts";

Deno.test("serveSite() serves files, index pages and nothing above the folder", async () => {
  await withFolder(async (folder) => {
    await Deno.mkdir(join(folder, "site/a b"), { recursive: true });
    await Deno.writeTextFile(join(folder, "secret.txt"), "secret");
    await Deno.writeTextFile(join(folder, "site/index.html"), "front");
    await Deno.writeTextFile(join(folder, "site/a b/index.html"), "inner");
    const server = serveSite(join(folder, "site"), 0);
    const get = async (path: string) => {
      const response = await fetch(server.url + path);
      return [response.status, await response.text()];
    };
    try {
      assertEquals(await get(""), [200, "front"]);
      assertEquals(await get("a%20b/"), [200, "inner"]);
      assertEquals(await get("a%20b"), [200, "inner"]); // redirected
      for (const path of ["none", "index.html/x", "a".repeat(300)]) {
        assertEquals((await get(path))[0], 404, path);
      }
      const redirected = await fetch(`${server.url}a%20b?x=1`, { redirect: "manual" });
      assertEquals(redirected.headers.get("Location"), `${server.url}a%20b/?x=1`);
      for (const path of ["../secret.txt", "..%2fsecret.txt", "%2e%2e/secret.txt", "%00", "%"]) {
        assertMatch(String((await get(path))[0]), /^40[04]$/, path);
      }
    } finally {
      await server.close();
    }
  });
});
