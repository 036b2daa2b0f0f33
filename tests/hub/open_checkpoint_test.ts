import { assertEquals, assertRejects } from "@std/assert";
import { FolderSource } from "../../checkpoint/folder_source.ts";
import { MemorySource } from "../../checkpoint/memory_source.ts";
import { ProgressSource } from "../../checkpoint/progress_source.ts";
import { readJsonObject } from "../../checkpoint/source.ts";
import type { HubEnvironment } from "../../hub/env.ts";
import { openCheckpoint } from "../../hub/open_checkpoint.ts";
import type { HubOptions } from "../../hub/options.ts";
import { HubServer, withCache } from "./hub_server.ts";
import { withEnv } from "./with_env.ts";

/** `config.json` of what a text leads to. */
async function config(
  text: string,
  settings: Partial<HubEnvironment> = {},
  options: HubOptions = {},
) {
  return await withEnv(settings, async () => {
    return await readJsonObject(await openCheckpoint(text, options), "config.json");
  });
}

async function makeModel(folder: string, from: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(`${folder}/config.json`, JSON.stringify({ from }));
}

Deno.test("a folder comes before localModelPath, and that before the hub", () =>
  withCache(async (cacheDir) => {
    await using server = new HubServer({ "demo/model2/config.json": '{"from": "hub"}' });
    const settings = { remoteHost: server.url, cacheDir, localModelPath: `${cacheDir}/local/` };
    assertEquals(await config("demo/model2", settings), { from: "hub" });
    assertEquals(server.requests.length, 1);
    await makeModel(`${cacheDir}/local/demo/model2`, "localModelPath");
    assertEquals(await config("demo/model2", settings), { from: "localModelPath" });
    await makeModel(`${cacheDir}/here`, "path");
    assertEquals(await config(`${cacheDir}/here`, settings), { from: "path" });
    const forbidden = { ...settings, allowLocalModels: false };
    assertEquals(await config("demo/model2", forbidden), { from: "hub" });
    assertEquals((await config("demo/model", settings))?.model_type, "roberta");
  }));

Deno.test("a URL is read where it is", () =>
  withCache(async (cacheDir) => {
    await using server = new HubServer({ "x/config.json": '{"from": "url"}' });
    assertEquals(await config(`${server.url}x`, { cacheDir }), { from: "url" });
    assertEquals(await config(`${server.url}x/`, { useFSCache: false }), { from: "url" });
    assertEquals(server.requests.map(({ path }) => path), ["x/config.json", "x/config.json"]);
  }));

Deno.test("allowRemoteModels and local_files_only keep to the cache", () =>
  withCache(async (cacheDir) => {
    await using server = new HubServer({ "a/b/config.json": '{"from": "hub"}' });
    const settings = { remoteHost: server.url, cacheDir };
    const lacking = () => config("a/b", settings, { local_files_only: true });
    await assertRejects(lacking, RangeError, "the cache does not have it");
    await config("a/b", settings);
    assertEquals(await config("a/b", settings, { local_files_only: true }), { from: "hub" });
    assertEquals(await config("a/b", { ...settings, allowRemoteModels: false }), { from: "hub" });
    assertEquals(server.requests.length, 1);
    const elsewhere = { cache_dir: `${cacheDir}/other`, local_files_only: true };
    await assertRejects(() => config("a/b", settings, elsewhere), RangeError, "does not have it");
  }));

Deno.test("revision and token reach the server", () =>
  withCache(async (cacheDir) => {
    await using server = new HubServer({ "a/b/config.json": "{}" });
    const settings = { remoteHost: server.url, cacheDir };
    await config("a/b", settings, { revision: "v1.0", token: "hf_x" });
    const [{ path, authorization }] = server.requests;
    assertEquals([path, authorization], ["a/b/resolve/v1.0/config.json", "Bearer hf_x"]);
  }));

Deno.test("a path or a URL is not taken for a revision of itself", () =>
  withCache(async (cacheDir) => {
    const revision = "v1.0";
    for (const text of ["demo/model", "https://localhost:1/x"]) {
      await assertRejects(
        () => config(text, {}, { revision }),
        RangeError,
        "folders and URLs have",
      );
    }
    await makeModel(`${cacheDir}/a/b`, "localModelPath");
    const local = await config("a/b", { localModelPath: cacheDir }, { revision });
    assertEquals(local, { from: "localModelPath" });
  }));

Deno.test("strange names are errors before anything is asked", async () => {
  const names = ["", "no/such/folder", "../no-such", "a/../b", "a//b", "~/model", "C:\\no\\such"];
  for (const name of names) {
    await assertRejects(() => openCheckpoint(name), RangeError, "is no checkpoint");
  }
  await assertRejects(() => openCheckpoint("file:///tmp"), RangeError, "http(s)://host/path");
  const revision = "../../secret";
  await assertRejects(() => openCheckpoint("a/b", { revision }), RangeError, "a branch, a tag");
});

Deno.test("sources are taken as they are, and tell of progress if wanted", async () => {
  const memory = new MemorySource({});
  assertEquals(await openCheckpoint(memory), memory);
  assertEquals((await openCheckpoint("demo/model")) instanceof FolderSource, true);
  const told = await openCheckpoint(memory, { progress_callback: () => {} });
  assertEquals(told instanceof ProgressSource, true);
});

Deno.test("openCheckpoint() refuses what is neither a text nor a source", async () => {
  for (const [given, shown] of [[undefined, "undefined"], [null, "null"], [5, "5"], [{}, "{}"]]) {
    await assertRejects(
      () => openCheckpoint(given as string),
      TypeError,
      `Cannot open the checkpoint ${shown}: wanted a folder, "owner/name", a URL`,
    );
  }
});
