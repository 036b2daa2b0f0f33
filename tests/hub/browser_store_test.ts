import { assertEquals, assertRejects } from "@std/assert";
import { BrowserStore } from "../../hub/browser_store.ts";
import { locateRepository } from "../../hub/location.ts";
import { RemoteSource } from "../../hub/remote_source.ts";
import { HubServer, makeBytes, readAll, sha256, truncatedResponse } from "./hub_server.ts";
import { withEnv } from "./with_env.ts";

const RETRY_POLICY = { attempts: 2, delay: 1, timeout: 500 };
const BYTES = makeBytes(300_000);
const FILES = { "a/b/config.json": "{}", "a/b/model.safetensors": BYTES };

/** Runs a test with a Cache, and with a function that opens a source as a reloaded page would. */
async function withBrowserCache(
  server: HubServer,
  test: (open: (offline?: boolean) => RemoteSource) => Promise<void>,
): Promise<void> {
  const name = `lsg-test-${crypto.randomUUID()}`;
  const cache = await caches.open(name);
  const location = withEnv({ remoteHost: server.url }, () => locateRepository("a/b", "main"));
  try {
    await test((local_files_only = false) =>
      new RemoteSource(location, {
        retryPolicy: RETRY_POLICY,
        store: new BrowserStore(cache, location),
        local_files_only,
      })
    );
  } finally {
    await caches.delete(name);
  }
}

Deno.test("a reloaded page reads from the Cache API", async () => {
  await using server = new HubServer(FILES, { commit: "abc" });
  await withBrowserCache(server, async (open) => {
    for (let round = 0; round < 2; round++) {
      const source = open();
      assertEquals(await readAll(await source.open("config.json")), new TextEncoder().encode("{}"));
      assertEquals(await readAll(await source.open("model.safetensors")), BYTES);
      assertEquals(await source.open("vocab.txt"), undefined);
    }
    assertEquals(server.requests.length, 4);
    const offline = open(true);
    assertEquals(await readAll(await offline.open("model.safetensors")), BYTES);
    assertEquals(await offline.open("vocab.txt"), undefined);
    await assertRejects(() => offline.open("merges.txt"), RangeError, "not in the cache");
    assertEquals(server.requests.length, 4);
  });
});

Deno.test("without commits a file in the Cache API is validated by its ETag", async () => {
  await using server = new HubServer(FILES);
  await withBrowserCache(server, async (open) => {
    await open().open("model.safetensors");
    assertEquals(await readAll(await open().open("model.safetensors")), BYTES);
    server.files = { "a/b/model.safetensors": BYTES.slice(1) };
    assertEquals(await readAll(await open().open("model.safetensors")), BYTES.slice(1));
  });
});

Deno.test("a broken download leaves nothing in the Cache API", async () => {
  await using server = new HubServer(FILES);
  await withBrowserCache(server, async (open) => {
    server.options.fault = () => truncatedResponse(BYTES, 100_000);
    await assertRejects(() => open().open("model.safetensors"), Error);
    await assertRejects(() => open(true).open("model.safetensors"), RangeError, "not in the cache");
    const etag = `"v-${await sha256(BYTES)}"`;
    const before = server.requests.length;
    server.options.fault = (_, count) =>
      count === before + 1 ? truncatedResponse(BYTES, 100_000, { etag }) : undefined;
    assertEquals(await readAll(await open().open("model.safetensors")), BYTES);
    assertEquals(await readAll(await open(true).open("model.safetensors")), BYTES);
  });
});

Deno.test("an exceeded storage quota is an error that names env.useBrowserCache", async () => {
  await using server = new HubServer(FILES);
  const location = withEnv({ remoteHost: server.url }, () => locateRepository("a/b", "main"));
  const full: Pick<Cache, "match" | "put"> = {
    match: () => Promise.resolve(undefined),
    put: async (_, response) => {
      await response.body?.cancel();
      throw new DOMException("full", "QuotaExceededError");
    },
  };
  const store = new BrowserStore(full as Cache, location);
  const load = () =>
    new RemoteSource(location, { retryPolicy: RETRY_POLICY, store }).open("config.json");
  await assertRejects(load, RangeError, "env.useBrowserCache");
});
