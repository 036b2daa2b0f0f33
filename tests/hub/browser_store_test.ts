import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { BrowserStore } from "../../hub/browser_store.ts";
import { locateRepository } from "../../hub/location.ts";
import { RemoteSource } from "../../hub/remote_source.ts";
import { warningsOf } from "../helpers/warnings_of.ts";
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

Deno.test("a cache of the browser that fails is left out, with a warning", async () => {
  await using server = new HubServer(FILES, { commit: "abc" });
  const location = withEnv({ remoteHost: server.url }, () => locateRepository("a/b", "main"));
  const fail = () => Promise.reject(new DOMException("not allowed", "SecurityError"));
  const caches: Record<string, Pick<Cache, "match" | "put">> = {
    "its storage quota is exceeded": {
      match: () => Promise.resolve(undefined),
      put: async (_, response) => {
        await response.body?.cancel();
        throw new DOMException("its storage quota is exceeded", "QuotaExceededError");
      },
    },
    "not allowed": { match: fail, put: fail },
    // An entry may be evicted as soon as it is written.
    "removed it at once": {
      match: () => Promise.resolve(undefined),
      put: async (_, response) => void await response.arrayBuffer(),
    },
  };
  for (const [reason, cache] of Object.entries(caches)) {
    const store = new BrowserStore(cache as Cache, location);
    const source = new RemoteSource(location, { retryPolicy: RETRY_POLICY, store });
    const warnings = await warningsOf(async () => {
      assertEquals(await readAll(await source.open("config.json")), new TextEncoder().encode("{}"));
      assertEquals(await readAll(await source.open("model.safetensors")), BYTES);
      assertEquals(await source.open("vocab.txt"), undefined);
    });
    assertEquals(warnings.length, 1);
    assertStringIncludes(warnings[0], reason);
    assertStringIncludes(warnings[0], "env.useBrowserCache");
  }
});

Deno.test("a file with another hash is not kept in the Cache API", async () => {
  const wanted = await sha256(BYTES);
  await using server = new HubServer(FILES);
  await withBrowserCache(server, async (open) => {
    server.options.fault = () =>
      new Response(BYTES.with(5, 99) as BodyInit, {
        headers: { "content-length": String(BYTES.length), "x-linked-etag": `"${wanted}"` },
      });
    const message = `sha256 hash does not match, wanted ${wanted}`;
    await assertRejects(() => open().open("model.safetensors"), RangeError, message);
    await assertRejects(() => open(true).open("model.safetensors"), RangeError, "not in the cache");
  });
});
