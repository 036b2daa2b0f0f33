import { assertEquals, assertRejects } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { withCleanup } from "../../cli/cleanup.ts";
import { withNewFolder } from "./model_memory_io.ts";

const INTERRUPTED = fromFileUrl(new URL("interrupted.ts", import.meta.url));

Deno.test("withCleanup() returns the result, rethrows errors, and cleans nothing up", async () => {
  let cleaned = 0;
  const cleanUp = () => void cleaned++;
  assertEquals(await withCleanup(cleanUp, () => Promise.resolve(7)), 7);
  const fail = () => Promise.reject(new RangeError("no"));
  await assertRejects(() => withCleanup(cleanUp, fail), RangeError, "no");
  assertEquals(cleaned, 0);
});

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]] as const) {
  Deno.test(`${signal} while a checkpoint is written leaves the older one only`, () =>
    withNewFolder(async (folder) => {
      await Deno.mkdir(folder);
      await Deno.writeTextFile(`${folder}/config.json`, "old");
      // Writes a part of a new checkpoint, there and to a new folder, prints a line and waits.
      const process = new Deno.Command(Deno.execPath(), {
        args: ["run", "--no-prompt", `--allow-read=${folder}`, `--allow-write=${folder}`]
          .concat(INTERRUPTED, folder, `${folder}/new/model`),
        stdout: "piped",
      }).spawn();
      const reader = process.stdout.getReader();
      await reader.read();
      process.kill(signal);
      while (!(await reader.read()).done);
      assertEquals((await process.status).code, code);
      const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
      assertEquals(names, ["config.json"]);
      assertEquals(await Deno.readTextFile(`${folder}/config.json`), "old");
    }));
}
