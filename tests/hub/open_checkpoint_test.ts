import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { toFileUrl } from "@std/path";
import { FolderSource } from "../../checkpoint/folder_source.ts";
import { MemorySource } from "../../checkpoint/memory_source.ts";
import { ProgressSource } from "../../checkpoint/progress_source.ts";
import { readJsonObject } from "../../checkpoint/source.ts";
import type { HubEnvironment } from "../../hub/env.ts";
import { openCheckpoint } from "../../hub/open_checkpoint.ts";
import type { HubOptions } from "../../hub/options.ts";
import { HubServer, withCache } from "./hub_server.ts";
import { COMMIT, listNames } from "./remote.ts";
import { withEnv } from "./with_env.ts";

/** Reads the `config.json` of the checkpoint that a text names. */
async function readConfig(
  text: string | URL,
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
    assertEquals(await readConfig("demo/model2", settings), { from: "hub" });
    assertEquals(server.requests.length, 1);
    await makeModel(`${cacheDir}/local/demo/model2`, "localModelPath");
    assertEquals(await readConfig("demo/model2", settings), { from: "localModelPath" });
    await makeModel(`${cacheDir}/here`, "path");
    assertEquals(await readConfig(`${cacheDir}/here`, settings), { from: "path" });
    const forbidden = { ...settings, allowLocalModels: false };
    assertEquals(await readConfig("demo/model2", forbidden), { from: "hub" });
    assertEquals((await readConfig("demo/model", settings))?.model_type, "roberta");
  }));

Deno.test("a file: URL is read from its folder", () =>
  withCache(async (cacheDir) => {
    await makeModel(`${cacheDir}/a model, 100 %`, "file");
    const url = toFileUrl(`${cacheDir}/a model, 100 %`).href;
    assert(url.includes("%20"));
    for (const text of [url, `${url}/`, url.replace("file:", "FILE:")]) {
      assertEquals(await readConfig(text, { allowRemoteModels: false }), { from: "file" });
    }
    for (
      const folder of [
        import.meta.resolve("../../demo/model"),
        new URL("../../demo/model/", import.meta.url),
      ]
    ) assertEquals((await readConfig(folder))?.model_type, "roberta");
    for (
      const [text, options, settings, message] of [
        [`${url}2`, {}, {}, "there is no such folder"],
        [`${url}/config.json`, {}, {}, "there is no such folder"],
        ["file://elsewhere/a", {}, {}, "wanted file:///path"],
        [`${url}?a`, {}, {}, "wanted file:///path"],
        ["file:///a%00", {}, {}, "wanted file:///path"],
        ["file:///a%ff", {}, {}, "wanted file:///path"],
        [url, { revision: "main" }, {}, "have no revisions"],
        [url, {}, { allowLocalModels: false }, "allowLocalModels is false"],
      ] as const
    ) {
      await assertRejects(() => readConfig(text, settings, options), RangeError, message);
    }
  }));

Deno.test("a URL is read from its server", () =>
  withCache(async (cacheDir) => {
    await using server = new HubServer({ "x/config.json": '{"from": "url"}' });
    assertEquals(await readConfig(`${server.url}x`, { cacheDir }), { from: "url" });
    assertEquals(await readConfig(`${server.url}x/`, { useFSCache: false }), { from: "url" });
    assertEquals(server.requests.map(({ path }) => path), ["x/config.json", "x/config.json"]);
  }));

Deno.test("allowRemoteModels and local_files_only restrict loading to the cache", () =>
  withCache(async (cacheDir) => {
    await using server = new HubServer({ "a/b/config.json": '{"from": "hub"}' });
    const settings = { remoteHost: server.url, cacheDir };
    const uncached = () => readConfig("a/b", settings, { local_files_only: true });
    await assertRejects(uncached, RangeError, "not in the cache");
    await readConfig("a/b", settings);
    assertEquals(await readConfig("a/b", settings, { local_files_only: true }), { from: "hub" });
    assertEquals(await readConfig("a/b", { ...settings, allowRemoteModels: false }), {
      from: "hub",
    });
    assertEquals(server.requests.length, 1);
    const elsewhere = { cache_dir: `${cacheDir}/other`, local_files_only: true };
    await assertRejects(
      () => readConfig("a/b", settings, elsewhere),
      RangeError,
      "not in the cache",
    );
  }));

Deno.test("revision and token are sent to the server", () =>
  withCache(async (cacheDir) => {
    await using server = new HubServer({ "a/b/config.json": "{}" });
    const settings = { remoteHost: server.url, cacheDir };
    await readConfig("a/b", settings, { revision: "v1.0", token: "hf_x" });
    const [{ path, authorization }] = server.requests;
    assertEquals([path, authorization], ["a/b/resolve/v1.0/config.json", "Bearer hf_x"]);
  }));

Deno.test("a revision with slashes is one part of the URL and of the cache", () =>
  withCache(async (cacheDir) => {
    const options = { commit: COMMIT };
    await using server = new HubServer({ "a/b/config.json": '{"x": 1}' }, options);
    let pathname = "";
    server.options.fault = (request) => {
      pathname = new URL(request.url).pathname;
      return undefined;
    };
    const settings = { remoteHost: server.url, cacheDir };
    const revision = "refs/pr/2";
    assertEquals(await readConfig("a/b", settings, { revision }), { x: 1 });
    assertEquals(pathname, "/a/b/resolve/refs%2Fpr%2F2/config.json");
    const [site] = await listNames(cacheDir);
    assertEquals(await listNames(`${cacheDir}/${site}/a--b/commits`), ["refs%2Fpr%2F2"]);
    // The same commit from the cache, and no other revision.
    const offline = { revision, local_files_only: true };
    assertEquals(await readConfig("a/b", settings, offline), { x: 1 });
    await assertRejects(
      () => readConfig("a/b", settings, { ...offline, revision: "refs/pr/22" }),
      RangeError,
    );
    assertEquals(server.requests.length, 1);
  }));

Deno.test("a revision of a path or a URL is an error", () =>
  withCache(async (cacheDir) => {
    const revision = "v1.0";
    for (const text of ["demo/model", "https://localhost:1/x"]) {
      await assertRejects(
        () => readConfig(text, {}, { revision }),
        RangeError,
        "folders and URLs have",
      );
    }
    await makeModel(`${cacheDir}/a/b`, "localModelPath");
    const local = await readConfig("a/b", { localModelPath: cacheDir }, { revision });
    assertEquals(local, { from: "localModelPath" });
  }));

Deno.test("an error of the hub comes after the folders that there are not", () =>
  withCache(async (cacheDir) => {
    await using server = new HubServer({}, { fault: () => new Response("", { status: 401 }) });
    const settings = { remoteHost: server.url, cacheDir };
    const here = `${Deno.cwd()}/demo/no_model`;
    const both = `${here} or ${cacheDir}/local/demo/no_model`;
    const cases: [Partial<HubEnvironment>, string][] = [
      [{}, `Cannot load demo/no_model: there is no such folder (${here}); Cannot fetch demo/no_m`],
      [{ localModelPath: `${cacheDir}/local/` }, `there is no such folder (${both}); Cannot fetch`],
      [{ allowRemoteModels: false }, `there is no such folder (${here}); Cannot load config.json`],
    ];
    for (const [more, message] of cases) {
      const load = () => readConfig("demo/no_model", { ...settings, ...more });
      await assertRejects(load, RangeError, message);
    }
    const path = () => readConfig("./no/model", settings);
    const message = `"./no/model" is not a checkpoint: there is no such folder (${Deno.cwd()}/no/m`;
    await assertRejects(path, RangeError, message);
    const forbidden = () => readConfig("./demo/model", { ...settings, allowLocalModels: false });
    await assertRejects(forbidden, RangeError, "env.allowLocalModels does not allow local folders");
  }));

Deno.test("a path that the system refuses is an error that names it", () =>
  withCache(async (folder) => {
    await Deno.symlink(`${folder}/loop`, `${folder}/loop`);
    for (const path of [`${folder}/loop`, "x".repeat(300), "./a\0b"]) {
      const error = await assertRejects(() => readConfig(path), RangeError);
      assertMatch(error.message, /^Cannot open the folder|is not a checkpoint/);
    }
  }));

Deno.test("malformed names are errors before any request", async () => {
  const names = ["", "no/such/folder", "../no-such", "a/../b", "a//b", "~/model", "C:\\no\\such"];
  for (const name of names) {
    await assertRejects(() => openCheckpoint(name), RangeError, "is not a checkpoint");
  }
  const revision = "../../secret";
  await assertRejects(() => openCheckpoint("a/b", { revision }), RangeError, "a branch, a tag");
});

Deno.test("a source is used directly, wrapped only to report progress or to abort", async () => {
  const memory = new MemorySource({});
  assertEquals(await openCheckpoint(memory), memory);
  assertEquals((await openCheckpoint("demo/model")) instanceof FolderSource, true);
  const reported = await openCheckpoint(memory, { progress_callback: () => {} });
  assertEquals(reported instanceof ProgressSource, true);
});

Deno.test("openCheckpoint() rejects values that are neither strings nor sources", async () => {
  for (const [given, shown] of [[undefined, "undefined"], [null, "null"], [5, "5"], [{}, "{}"]]) {
    await assertRejects(
      () => openCheckpoint(given as string),
      TypeError,
      `Cannot open the checkpoint ${shown}: wanted a folder, "owner/name", a URL`,
    );
  }
});
