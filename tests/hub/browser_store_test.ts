import { assertEquals, assertRejects } from "@std/assert";
import { BrowserStore } from "../../hub/browser_store.ts";
import { hubPlace } from "../../hub/place.ts";
import { RemoteSource } from "../../hub/remote_source.ts";
import { HubServer, readAll, sha256, someBytes, truncated } from "./hub_server.ts";
import { withEnv } from "./with_env.ts";

const PATIENCE = { tries: 2, pause: 1, stall: 500 };
const BYTES = someBytes(300_000);
const FILES = { "a/b/config.json": "{}", "a/b/model.safetensors": BYTES };

/** Gives a test a Cache, and sources that use it as a page does that is loaded again. */
async function withBrowserCache(
  server: HubServer,
  test: (open: (offline?: boolean) => RemoteSource) => Promise<void>,
): Promise<void> {
  const name = `lsg-test-${crypto.randomUUID()}`;
  const cache = await caches.open(name);
  const place = withEnv({ remoteHost: server.url }, () => hubPlace("a/b", "main"));
  try {
    await test((local_files_only = false) =>
      new RemoteSource(place, {
        patience: PATIENCE,
        store: new BrowserStore(cache, place),
        local_files_only,
      })
    );
  } finally {
    await caches.delete(name);
  }
}

Deno.test("a page that is loaded again reads from the Cache API", async () => {
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
    await assertRejects(() => offline.open("merges.txt"), RangeError, "does not have it");
    assertEquals(server.requests.length, 4);
  });
});

Deno.test("without commits the Cache API's file is compared by its ETag", async () => {
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
    server.options.fault = () => truncated(BYTES, 100_000);
    await assertRejects(() => open().open("model.safetensors"), Error);
    await assertRejects(() => open(true).open("model.safetensors"), RangeError, "does not have");
    const etag = `"v-${await sha256(BYTES)}"`;
    const seen = server.requests.length;
    server.options.fault = (_, at) =>
      at === seen + 1 ? truncated(BYTES, 100_000, { etag }) : undefined;
    assertEquals(await readAll(await open().open("model.safetensors")), BYTES);
    assertEquals(await readAll(await open(true).open("model.safetensors")), BYTES);
  });
});

Deno.test("a browser without room says what to do", async () => {
  await using server = new HubServer(FILES);
  const place = withEnv({ remoteHost: server.url }, () => hubPlace("a/b", "main"));
  const full: Pick<Cache, "match" | "put"> = {
    match: () => Promise.resolve(undefined),
    put: async (_, response) => {
      await response.body?.cancel();
      throw new DOMException("full", "QuotaExceededError");
    },
  };
  const store = new BrowserStore(full as Cache, place);
  const load = () => new RemoteSource(place, { patience: PATIENCE, store }).open("config.json");
  await assertRejects(load, RangeError, "env.useBrowserCache");
});
