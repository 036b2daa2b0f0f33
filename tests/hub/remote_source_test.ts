import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { ProgressInfo } from "../../checkpoint/progress_source.ts";
import { DiskStore } from "../../hub/disk_store.ts";
import { urlPlace } from "../../hub/place.ts";
import { RemoteSource } from "../../hub/remote_source.ts";
import { warningsOf } from "../helpers/warnings_of.ts";
import { HubServer, readAll, sha256, withCache } from "./hub_server.ts";
import { BYTES, COMMIT, FILES, names, open, openDirect, PATIENCE, place, text } from "./remote.ts";

Deno.test("files come from the server once, then from the cache", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES, { commit: COMMIT });
    for (let round = 0; round < 2; round++) {
      const source = open(server, cache);
      assertEquals(await text(await source.open("config.json")), '{"x": 1}');
      assertEquals(await readAll(await source.open("model.safetensors")), BYTES);
      assertEquals(await source.open("vocab.txt"), undefined);
    }
    assertEquals(server.requests.map(({ path }) => path), [
      "a/b/resolve/main/config.json",
      `a/b/resolve/${COMMIT}/model.safetensors`,
      `a/b/resolve/${COMMIT}/vocab.txt`,
      // Only the first file asks which commit "main" is by now.
      "a/b/resolve/main/config.json",
    ]);
  }));

Deno.test("a commit that is in the cache asks nothing", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES, { commit: COMMIT });
    for (let round = 0; round < 2; round++) {
      const source = open(server, cache, { revision: COMMIT });
      assertEquals(await text(await source.open("config.json")), '{"x": 1}');
      assertEquals(await source.open("vocab.txt"), undefined);
    }
    assertEquals(server.requests.length, 2);
  }));

Deno.test("a new commit is noticed, and the old one stays", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES, { commit: COMMIT });
    await open(server, cache).open("config.json");
    const next = COMMIT.replace("0", "f");
    server.options.commit = next;
    server.files = { ...FILES, "a/b/config.json": '{"x": 2}' };
    assertEquals(await text(await open(server, cache).open("config.json")), '{"x": 2}');
    const old = open(server, cache, { revision: COMMIT, local_files_only: true });
    assertEquals(await text(await old.open("config.json")), '{"x": 1}');
  }));

Deno.test("without commits each file is asked for, and read only if it changed", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES);
    const told: string[] = [];
    await open(server, cache).open("config.json");
    const progress_callback = (info: ProgressInfo) => told.push(info.status);
    await open(server, cache, { progress_callback }).open("config.json");
    assertEquals(server.requests.length, 2);
    assertEquals(told, ["initiate", "download", "progress", "done"]);
    server.files = { "a/b/config.json": '{"x": 2}' };
    assertEquals(await text(await open(server, cache).open("config.json")), '{"x": 2}');
  }));

Deno.test("without ETags either, a file is never taken for unchanged", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES, { etags: false });
    assertEquals(await text(await open(server, cache).open("config.json")), '{"x": 1}');
    // As long as the other one.
    server.files = { "a/b/config.json": '{"x": 2}' };
    assertEquals(await text(await open(server, cache).open("config.json")), '{"x": 2}');
    const offline = open(server, cache, { local_files_only: true });
    assertEquals(await text(await offline.open("config.json")), '{"x": 2}');
  }));

Deno.test("a content that another commit brought is not fetched again", () =>
  withCache(async (cache) => {
    await using cdn = new HubServer({ [await sha256(BYTES)]: BYTES });
    await using server = new HubServer(FILES, { commit: COMMIT, cdn });
    await open(server, cache).open("model.safetensors");
    server.options.commit = "abcd";
    const before = cdn.requests.length;
    assertEquals(await readAll(await open(server, cache).open("model.safetensors")), BYTES);
    // The redirect is followed, nothing is read.
    assertEquals(cdn.requests.length, before + 1);
    assertEquals((await names(`${cache}/${place(server).key}/contents`)).length, 1);
  }));

Deno.test("without a server the cache stands in, with a warning", () =>
  withCache(async (cache) => {
    const server = new HubServer(FILES, { commit: COMMIT });
    const online = open(server, cache);
    await online.open("config.json");
    await online.open("vocab.txt");
    await server[Symbol.asyncDispose]();
    const warnings = await warningsOf(async () => {
      const source = open(server, cache);
      assertEquals(await text(await source.open("config.json")), '{"x": 1}');
      assertEquals(await source.open("vocab.txt"), undefined);
      const other = () => source.open("model.safetensors");
      await assertRejects(other, Error, "cannot be reached");
    });
    assertEquals(warnings.length, 1);
    assertStringIncludes(warnings[0], "config.json is read from the cache");
  }));

Deno.test("local_files_only asks nothing and tells what is lacking", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES, { commit: COMMIT });
    const offline = () => open(server, cache, { local_files_only: true });
    const lacking = "Cannot load config.json of a/b (main): the cache does not have it";
    await assertRejects(() => offline().open("config.json"), RangeError, lacking);
    assertEquals(server.requests, []);
    const online = open(server, cache);
    await online.open("config.json");
    await online.open("vocab.txt");
    const source = offline();
    assertEquals(await text(await source.open("config.json")), '{"x": 1}');
    assertEquals(await source.open("vocab.txt"), undefined);
    await assertRejects(() => source.open("model.safetensors"), RangeError, "does not have it");
    assertEquals(server.requests.length, 2);
  }));

Deno.test("local_files_only knows also what was missing before the commit was known", () =>
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
    assertEquals(await text(await offline.open("config.json")), '{"x": 1}');
  }));

Deno.test("progress is told with transformers.js's keys", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES, { commit: COMMIT });
    const told: ProgressInfo[] = [];
    const source = open(server, cache, { progress_callback: (info) => told.push(info) });
    await source.open("model.safetensors");
    const about = { name: "a/b", file: "model.safetensors" };
    assertEquals(told.slice(0, 3), [
      { status: "initiate", ...about },
      { status: "download", ...about },
      { status: "progress", ...about, loaded: 0, total: 300_000, progress: 0 },
    ]);
    assertEquals(told.slice(-2), [
      { status: "progress", ...about, loaded: 300_000, total: 300_000, progress: 100 },
      { status: "done", ...about },
    ]);
    const before = told.length;
    await source.open("model.safetensors");
    assertEquals(told.length, before);
  }));

Deno.test("names that lead out of the checkpoint are refused before anything is asked", async () => {
  await using server = new HubServer(FILES);
  await assertRejects(() => openDirect(server).open("../config.json"), RangeError, "plain name");
  assertEquals(server.requests, []);
});

Deno.test("files below a URL are cached too", () =>
  withCache(async (cache) => {
    await using server = new HubServer({ "models/x/config.json": "{}" });
    const at = urlPlace(`${server.url}models/x`);
    const options = { patience: PATIENCE, store: new DiskStore(cache, at.key) };
    assertEquals(await text(await new RemoteSource(at, options).open("config.json")), "{}");
    const offline = new RemoteSource(at, { ...options, local_files_only: true });
    assertEquals(await text(await offline.open("config.json")), "{}");
    assertEquals(server.requests.length, 1);
  }));
