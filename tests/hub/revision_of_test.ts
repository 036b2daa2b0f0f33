import { assertEquals } from "@std/assert";
import { openCheckpoint } from "../../hub/mod.ts";
import { revisionOf } from "../../hub/revision_of.ts";
import { HubServer } from "./hub_server.ts";
import { COMMIT } from "./remote.ts";
import { withEnv } from "./with_env.ts";

Deno.test("revisionOf() is the commit, if it can be asked for again", async () => {
  const files = { "a/b/config.json": new TextEncoder().encode("{}") };
  await using server = new HubServer(files, { commit: COMMIT });
  const revision = async (remotePathTemplate: string, name = "a/b") => {
    const settings = { remoteHost: server.url, remotePathTemplate, useFSCache: false };
    return await withEnv(settings, async () => {
      const source = await openCheckpoint(name);
      await source.open("config.json");
      return revisionOf(name, source);
    });
  };
  assertEquals(await revision("{model}/resolve/{revision}"), COMMIT);
  assertEquals(await revision("{model}"), undefined);
  assertEquals(await revision("{model}", `${server.url}a/b`), undefined);
});
