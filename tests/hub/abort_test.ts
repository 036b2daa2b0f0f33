import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { BrowserStore } from "../../hub/browser_store.ts";
import { openCheckpoint } from "../../hub/open_checkpoint.ts";
import { RemoteSource } from "../../hub/remote_source.ts";
import { AutoModel } from "../../models/mod.ts";
import { warningsOf } from "../helpers/warnings_of.ts";
import { HubServer, makeBytes, readAll, sha256, withCache } from "./hub_server.ts";
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
import { withEnv } from "./with_env.ts";
import "../helpers/quiet_reference.ts";

/** A reason that must arrive unchanged. */
const REASON = Object.freeze(new Error("no longer needed"));

/** Asserts that an operation rejects with the reason of its signal. */
async function assertAborted(operation: () => Promise<unknown>): Promise<void> {
  const reason = await operation().then(() => "no error", (error) => error);
  assertStrictEquals(reason, REASON);
}

/** Makes a server send part of the body and then nothing; resolves when that part is sent. */
function stall(server: HubServer, sent = 100_000): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.options.fault = async () => {
    const headers: Record<string, string> = { "content-length": String(BYTES.length) };
    if (server.options.etags !== false) headers.etag = `"v-${await sha256(BYTES)}"`;
    if (server.options.commit) headers["x-repo-commit"] = server.options.commit;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(BYTES.slice(0, sent));
        resolve();
      },
    });
    return new Response(body as BodyInit, { headers });
  };
  return promise;
}

Deno.test("an aborted signal rejects before any request", () =>
  withCache(async (cache_dir) => {
    await using server = new HubServer(FILES);
    const signal = AbortSignal.abort(REASON);
    await withEnv({ remoteHost: server.url }, async () => {
      await assertAborted(() => openCheckpoint("a/b", { cache_dir, signal }));
      await assertAborted(() => openCheckpoint("demo/model", { signal }));
      await assertAborted(() => AutoModel.from_pretrained("a/b", { cache_dir, signal }));
    });
    await assertAborted(() => open(server, cache_dir, { signal }).open("config.json"));
    await assertAborted(() => openDirect(server, { signal }).open("config.json"));
    assertEquals(server.requests, []);
  }));

Deno.test("a signal that is never aborted changes nothing", () =>
  withCache(async (cache_dir) => {
    await using server = new HubServer(FILES, { commit: COMMIT });
    const { signal } = new AbortController();
    await withEnv({ remoteHost: server.url }, async () => {
      const source = await openCheckpoint("a/b", { cache_dir, signal });
      assertEquals(source.name, "a/b");
      assertEquals(await readAll(await source.open("model.safetensors")), BYTES);
      assertEquals(await source.open("vocab.txt"), undefined);
    });
  }));

Deno.test("an aborted download stops at once, and a later one resumes it", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES, { commit: COMMIT });
    const controller = new AbortController();
    const halfSent = stall(server);
    const loading = Promise.withResolvers<void>();
    const source = open(server, cache, {
      signal: controller.signal,
      hint: "; this hint must not be added to the reason",
      progress_callback: (info) => {
        if (info.status === "progress" && info.loaded >= 50_000) loading.resolve();
      },
    });
    const file = source.open("model.safetensors");
    await halfSent;
    await loading.promise;
    controller.abort(REASON);
    await assertAborted(() => file);
    await assertAborted(() => source.open("model.safetensors"));
    assertEquals(server.requests.length, 1);
    const contents = `${cache}/${locate(server).key}/contents`;
    assert((await listNames(contents)).every((name) => name.endsWith(".part")));

    server.options.fault = undefined;
    assertEquals(await readAll(await open(server, cache).open("model.safetensors")), BYTES);
    const ranges = server.requests.map(({ range }) => range);
    assert(/^bytes=[1-9]\d*-$/.test(ranges[2] ?? ""), ranges.join());
    assertEquals(await listNames(contents), [await sha256(BYTES)]);
  }));

Deno.test("an aborted download that cannot be resumed leaves no file", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES, { etags: false });
    const controller = new AbortController();
    const halfSent = stall(server);
    const file = open(server, cache, { signal: controller.signal }).open("model.safetensors");
    await halfSent;
    controller.abort(REASON);
    await assertAborted(() => file);
    const contents = `${cache}/${locate(server).key}/contents`;
    assertEquals(await listNames(contents).catch(() => []), []);
  }));

Deno.test("a signal may be aborted without an Error as reason", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES);
    const controller = new AbortController();
    const halfSent = stall(server);
    const file = open(server, cache, { signal: controller.signal }).open("model.safetensors");
    await halfSent;
    controller.abort(null);
    assertStrictEquals(await file.then(() => "no error", (error) => error), null);
  }));

Deno.test("aborting ends the wait for a response", async () => {
  await using server = new HubServer(FILES);
  const requested = Promise.withResolvers<void>();
  const late = Promise.withResolvers<undefined>();
  server.options.fault = () => {
    requested.resolve();
    return late.promise;
  };
  const controller = new AbortController();
  const file = openDirect(server, { signal: controller.signal }).open("config.json");
  await requested.promise;
  controller.abort(REASON);
  await assertAborted(() => file);
  late.resolve(undefined);
});

Deno.test("aborting ends the wait for a fetch or a body that does not listen to the signal", async () => {
  await using server = new HubServer(FILES);
  const headers = { "content-length": "100", etag: '"x"' };
  const stalled = new ReadableStream({ pull: () => new Promise(() => {}) });
  const answers = [() => new Promise<Response>(() => {}), () => new Response(stalled, { headers })];
  for (const answer of answers) {
    const controller = new AbortController();
    const fetching = Promise.withResolvers<void>();
    await withEnv({
      fetch: async () => {
        fetching.resolve();
        return await answer();
      },
    }, async () => {
      const file = openDirect(server, { signal: controller.signal }).open("config.json");
      await fetching.promise;
      // The body is waited for by then.
      setTimeout(() => controller.abort(REASON), 20);
      await assertAborted(() => file);
    });
  }
});

Deno.test("aborting ends the retries, also during the delay between them", async () => {
  await using server = new HubServer(FILES);
  const responded = Promise.withResolvers<void>();
  server.options.fault = () => {
    setTimeout(responded.resolve, 50);
    return new Response("busy", { status: 503 });
  };
  const controller = new AbortController();
  const retryPolicy = { ...RETRY_POLICY, delay: 600_000 };
  const source = openDirect(server, { signal: controller.signal, retryPolicy });
  const file = source.open("config.json");
  await responded.promise;
  controller.abort(REASON);
  await assertAborted(() => file);
  assertEquals(server.requests.length, 1);
});

Deno.test("an aborted request does not fall back to the cache", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES, { commit: COMMIT });
    assertEquals(await readText(await open(server, cache).open("config.json")), '{"x": 1}');
    const controller = new AbortController();
    server.options.fault = () => {
      controller.abort(REASON);
      return new Response("busy", { status: 503 });
    };
    const warnings = await warningsOf(async () => {
      const source = open(server, cache, { signal: controller.signal });
      await assertAborted(() => source.open("config.json"));
    });
    assertEquals(warnings, []);
  }));

Deno.test("aborting ends the reading of a range", async () => {
  const large = makeBytes(5_000_000);
  await using server = new HubServer({ "a/b/model.safetensors": large });
  const controller = new AbortController();
  const source = openDirect(server, { signal: controller.signal });
  const file = (await source.open("model.safetensors"))!;
  assertEquals(await file.read(10, 20), large.slice(10, 20));
  controller.abort(REASON);
  const before = server.requests.length;
  await assertAborted(() => file.read(10, 20));
  assertEquals(server.requests.length, before);
});

Deno.test("an aborted download leaves nothing in the Cache API", async () => {
  await using server = new HubServer(FILES);
  const name = `lsg-test-${crypto.randomUUID()}`;
  const location = locate(server);
  const store = new BrowserStore(await caches.open(name), location);
  try {
    const controller = new AbortController();
    const options = { retryPolicy: RETRY_POLICY, store };
    const halfSent = stall(server);
    const source = new RemoteSource(location, { ...options, signal: controller.signal });
    const file = source.open("model.safetensors");
    await halfSent;
    controller.abort(REASON);
    await assertAborted(() => file);
    assertEquals(await store.find("main", "model.safetensors"), undefined);
    server.options.fault = undefined;
    const later = await new RemoteSource(location, options).open("model.safetensors");
    assertEquals(await readAll(later), BYTES);
  } finally {
    await caches.delete(name);
  }
});

Deno.test("aborting ends the reading of cached and of local files", () =>
  withCache(async (cache_dir) => {
    await using server = new HubServer(FILES, { commit: COMMIT });
    const controller = new AbortController();
    const { signal } = controller;
    const remote = await withEnv(
      { remoteHost: server.url },
      () => openCheckpoint("a/b", { cache_dir, signal }),
    );
    const local = await openCheckpoint("demo/model", { signal });
    const files = [await remote.open("model.safetensors"), await local.open("model.safetensors")];
    for (const file of files) assertEquals((await file!.read(0, 10)).length, 10);
    controller.abort(REASON);
    for (const file of files) await assertAborted(() => file!.read(0, 10));
    for (const source of [remote, local]) await assertAborted(() => source.open("config.json"));
  }));

Deno.test("from_pretrained() rejects with the reason of a signal aborted while it loads", async () => {
  const controller = new AbortController();
  await assertAborted(() =>
    AutoModel.from_pretrained("demo/model", {
      device: "cpu",
      signal: controller.signal,
      progress_callback: ({ status }) => status === "progress" && controller.abort(REASON),
    })
  );
});

Deno.test("AbortSignal.timeout() rejects with its TimeoutError", async () => {
  await using server = new HubServer(FILES);
  const stalled = stall(server);
  const signal = AbortSignal.timeout(100);
  const load = () => openDirect(server, { signal }).open("model.safetensors");
  const error = await assertRejects(load, DOMException);
  assertEquals(error.name, "TimeoutError");
  await stalled;
});
