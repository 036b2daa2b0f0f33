import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { ProgressInfo } from "../../checkpoint/progress_source.ts";
import { DiskStore } from "../../hub/disk_store.ts";
import { locateUrl } from "../../hub/location.ts";
import { RemoteSource } from "../../hub/remote_source.ts";
import { warningsOf } from "../helpers/warnings_of.ts";
import { HubServer, readAll, sha256, withCache } from "./hub_server.ts";
import {
  BYTES,
  COMMIT,
  FILES,
  listNames,
  locate,
  open,
  openDirect,
  readText,
  RETRY_POLICY,
} from "./remote.ts";

Deno.test("files are fetched once, then read from the cache", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES, { commit: COMMIT });
    for (let round = 0; round < 2; round++) {
      const source = open(server, cache);
      assertEquals(await readText(await source.open("config.json")), '{"x": 1}');
      assertEquals(await readAll(await source.open("model.safetensors")), BYTES);
      assertEquals(await source.open("vocab.txt"), undefined);
    }
    assertEquals(server.requests.map(({ path }) => path), [
      "a/b/resolve/main/config.json",
      `a/b/resolve/${COMMIT}/model.safetensors`,
      `a/b/resolve/${COMMIT}/vocab.txt`,
      // Only the first file needs a request, for the current commit of "main".
      "a/b/resolve/main/config.json",
    ]);
  }));

Deno.test("a cached commit needs no request", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES, { commit: COMMIT });
    for (let round = 0; round < 2; round++) {
      const source = open(server, cache, { revision: COMMIT });
      assertEquals(await readText(await source.open("config.json")), '{"x": 1}');
      assertEquals(await source.open("vocab.txt"), undefined);
    }
    assertEquals(server.requests.length, 2);
  }));

Deno.test("a new commit is loaded, and the old one remains cached", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES, { commit: COMMIT });
    await open(server, cache).open("config.json");
    const next = COMMIT.replace("0", "f");
    server.options.commit = next;
    server.files = { ...FILES, "a/b/config.json": '{"x": 2}' };
    assertEquals(await readText(await open(server, cache).open("config.json")), '{"x": 2}');
    const old = open(server, cache, { revision: COMMIT, local_files_only: true });
    assertEquals(await readText(await old.open("config.json")), '{"x": 1}');
  }));

Deno.test("without commits each file is requested, and its body read only if it changed", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES);
    const reported: string[] = [];
    await open(server, cache).open("config.json");
    const progress_callback = (info: ProgressInfo) => reported.push(info.status);
    await open(server, cache, { progress_callback }).open("config.json");
    assertEquals(server.requests.length, 2);
    assertEquals(reported, ["initiate", "download", "progress", "done"]);
    server.files = { "a/b/config.json": '{"x": 2}' };
    assertEquals(await readText(await open(server, cache).open("config.json")), '{"x": 2}');
  }));

Deno.test("without ETags either, a file is always fetched again", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES, { etags: false });
    assertEquals(await readText(await open(server, cache).open("config.json")), '{"x": 1}');
    // The length does not change.
    server.files = { "a/b/config.json": '{"x": 2}' };
    assertEquals(await readText(await open(server, cache).open("config.json")), '{"x": 2}');
    const offline = open(server, cache, { local_files_only: true });
    assertEquals(await readText(await offline.open("config.json")), '{"x": 2}');
  }));

Deno.test("a content cached for another commit is not fetched again", () =>
  withCache(async (cache) => {
    await using cdn = new HubServer({ [await sha256(BYTES)]: BYTES });
    await using server = new HubServer(FILES, { commit: COMMIT, cdn });
    await open(server, cache).open("model.safetensors");
    server.options.commit = "abcd";
    const before = cdn.requests.length;
    assertEquals(await readAll(await open(server, cache).open("model.safetensors")), BYTES);
    // The redirect is followed, but no body is read.
    assertEquals(cdn.requests.length, before + 1);
    assertEquals((await listNames(`${cache}/${locate(server).key}/contents`)).length, 1);
  }));

Deno.test("without a server the last cached version is read, with a warning", () =>
  withCache(async (cache) => {
    const server = new HubServer(FILES, { commit: COMMIT });
    const online = open(server, cache);
    await online.open("config.json");
    await online.open("vocab.txt");
    await server[Symbol.asyncDispose]();
    const warnings = await warningsOf(async () => {
      const source = open(server, cache);
      assertEquals(await readText(await source.open("config.json")), '{"x": 1}');
      assertEquals(await source.open("vocab.txt"), undefined);
      const other = () => source.open("model.safetensors");
      await assertRejects(other, Error, "cannot be reached");
    });
    assertEquals(warnings.length, 1);
    assertStringIncludes(warnings[0], "reading the last cached version of config.json");
  }));

Deno.test("without a network an error comes after two attempts, and says first what was tried", async () => {
  const { fetch } = globalThis;
  const url = "http://hub.example/a/b";
  const openWith = async (fail: (count: number) => Promise<Response>) => {
    let count = 0;
    globalThis.fetch = () => fail(++count);
    try {
      const retryPolicy = { ...RETRY_POLICY, attempts: 4 };
      const source = new RemoteSource(locateUrl(url), { retryPolicy, preface: "there is no x" });
      await source.open("config.json");
      const error = await source.open("model.safetensors").catch((error) => error);
      return { count, error };
    } catch (error) {
      return { count, error: error as Error };
    } finally {
      globalThis.fetch = fetch;
    }
  };
  // What Deno and Node throw.
  const offline = () => Promise.reject(new TypeError("fetch failed"));
  assertEquals(await openWith(offline).then(({ count, error }) => [count, error.message]), [
    2,
    `Cannot load ${url}: there is no x; Cannot fetch ${url}/config.json: hub.example cannot be ` +
    "reached",
  ]);
  const busy = () => Promise.resolve(new Response("", { status: 503 }));
  assertEquals((await openWith(busy)).count, 4);
  // A network that fails later may come back.
  const later = await openWith((count) =>
    count === 1 ? Promise.resolve(Response.json({})) : offline()
  );
  assertEquals([later.count, later.error.message], [
    5,
    `Cannot fetch ${url}/model.safetensors: hub.example cannot be reached`,
  ]);
});

Deno.test("local_files_only makes no request and names the uncached file", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES, { commit: COMMIT });
    const offline = () => open(server, cache, { local_files_only: true });
    const message = "Cannot load config.json of a/b (main): it is not in the cache";
    await assertRejects(() => offline().open("config.json"), RangeError, message);
    assertEquals(server.requests, []);
    const online = open(server, cache);
    await online.open("config.json");
    await online.open("vocab.txt");
    const source = offline();
    assertEquals(await readText(await source.open("config.json")), '{"x": 1}');
    assertEquals(await source.open("vocab.txt"), undefined);
    await assertRejects(() => source.open("model.safetensors"), RangeError, "not in the cache");
    assertEquals(server.requests.length, 2);
  }));

Deno.test("local_files_only finds files that were missing before the commit was known", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES);
    server.options.fault = ({ url }) => {
      server.options.commit = url.endsWith("config.json") ? COMMIT : undefined;
      return undefined;
    };
    const online = open(server, cache);
    assertEquals(await online.open("modules.json"), undefined);
    await online.open("config.json");
    const offline = open(server, cache, { local_files_only: true });
    assertEquals(await offline.open("modules.json"), undefined);
    assertEquals(await readText(await offline.open("config.json")), '{"x": 1}');
  }));

Deno.test("local_files_only reads one commit, though another process caches the next one", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES, { commit: COMMIT });
    const openAll = async () => {
      const source = open(server, cache);
      for (const name of ["config.json", "model.safetensors"]) await source.open(name);
    };
    await openAll();
    const offline = open(server, cache, { local_files_only: true });
    await offline.open("config.json");
    assertEquals(offline.version, COMMIT);
    server.options.commit = COMMIT.replace("0", "f");
    server.files = { ...FILES, "a/b/model.safetensors": new Uint8Array(3) };
    await openAll();
    assertEquals(await readAll(await offline.open("model.safetensors")), BYTES);
  }));

Deno.test("a file that is opened while the first response is stored is read at its commit", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES, { commit: COMMIT });
    server.options.fault = () => {
      // Of the second response.
      server.options.commit = COMMIT.replace("0", "f");
      return undefined;
    };
    let second: Promise<unknown> | undefined;
    class SlowStore extends DiskStore {
      override readCommit(revision: string): Promise<string | undefined> {
        if (server.requests.length === 1) second ??= source.open("model.safetensors");
        return super.readCommit(revision);
      }
    }
    const store = new SlowStore(cache, locate(server).key);
    const source = open(server, cache, { store });
    await source.open("config.json");
    await second;
    assertEquals(server.requests.map(({ path }) => path), [
      "a/b/resolve/main/config.json",
      `a/b/resolve/${COMMIT}/model.safetensors`,
    ]);
  }));

Deno.test("without a cache weights are not held for another reader", async () => {
  await using server = new HubServer(FILES);
  const source = openDirect(server);
  const names = ["config.json", "model.safetensors"];
  for (const name of [...names, ...names]) await readAll(await source.open(name));
  assertEquals(server.requests.map(({ path }) => path.split("/").at(-1)), [
    "config.json",
    "model.safetensors",
    "model.safetensors",
  ]);
});

Deno.test("progress is reported with the keys of transformers.js", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES, { commit: COMMIT });
    const reported: ProgressInfo[] = [];
    const source = open(server, cache, { progress_callback: (info) => reported.push(info) });
    await source.open("model.safetensors");
    const about = { name: "a/b", file: "model.safetensors" };
    assertEquals(reported.slice(0, 3), [
      { status: "initiate", ...about },
      { status: "download", ...about },
      { status: "progress", ...about, loaded: 0, total: 300_000, progress: 0 },
    ]);
    assertEquals(reported.slice(-2), [
      { status: "progress", ...about, loaded: 300_000, total: 300_000, progress: 100 },
      { status: "done", ...about },
    ]);
    const before = reported.length;
    await source.open("model.safetensors");
    assertEquals(reported.length, before);
  }));

Deno.test("names that escape from the checkpoint are errors before any request", async () => {
  await using server = new HubServer(FILES);
  await assertRejects(() => openDirect(server).open("../config.json"), RangeError, "plain name");
  assertEquals(server.requests, []);
});

Deno.test("files below a URL are cached", () =>
  withCache(async (cache) => {
    await using server = new HubServer({ "models/x/config.json": "{}" });
    const at = locateUrl(`${server.url}models/x`);
    const options = { retryPolicy: RETRY_POLICY, store: new DiskStore(cache, at.key) };
    assertEquals(await readText(await new RemoteSource(at, options).open("config.json")), "{}");
    const offline = new RemoteSource(at, { ...options, local_files_only: true });
    assertEquals(await readText(await offline.open("config.json")), "{}");
    assertEquals(server.requests.length, 1);
  }));
