import { assertEquals, assertRejects } from "@std/assert";
import { RedisServer } from "../../../bench/batch/redis_server.ts";

Deno.test("a Redis that does not start leaves no folder and no process", async () => {
  const { makeTempDir } = Deno;
  const folders: string[] = [];
  Deno.makeTempDir = async () => {
    folders.push(await makeTempDir());
    return folders[0];
  };
  try {
    // Where Redis is not installed, that is the reason.
    await assertRejects(() => RedisServer.start(["--no-such-option", "1"]), Error);
  } finally {
    Deno.makeTempDir = makeTempDir;
  }
  assertEquals(folders.length, 1);
  await assertRejects(() => Deno.stat(folders[0]), Deno.errors.NotFound);
});
