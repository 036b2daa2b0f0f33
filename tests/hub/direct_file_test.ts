import { assertEquals, assertRejects } from "@std/assert";
import type { ProgressInfo } from "../../checkpoint/progress_source.ts";
import {
  HubServer,
  makeBytes,
  readAll,
  type ServerOptions,
  sha256,
  truncatedResponse,
} from "./hub_server.ts";
import { openDirect } from "./remote.ts";

Deno.test("without a cache a large file is read in ranges on demand", async () => {
  const large = makeBytes(5_000_000);
  // Whatever tells versions apart: a strong ETag, a weak one, or an older time of the last change.
  const servers: ServerOptions[] = [
    {},
    { etags: false, headers: { etag: 'W/"v1"' } },
    { etags: false, headers: { "last-modified": "Wed, 01 Jan 2020 00:00:00 GMT" } },
  ];
  for (const options of servers) {
    await using server = new HubServer({ "a/b/model.safetensors": large }, options);
    const reported: ProgressInfo[] = [];
    const progress_callback = (info: ProgressInfo) => reported.push(info);
    const source = openDirect(server, { progress_callback });
    const file = (await source.open("model.safetensors"))!;
    assertEquals(file.size, 5_000_000);
    server.requests.length = 0;
    assertEquals(await file.read(10, 20), large.slice(10, 20));
    assertEquals(await file.read(4_000_000, 5_000_000), large.slice(4_000_000));
    assertEquals(await file.read(7, 7), new Uint8Array());
    const ranges = server.requests.map(({ range }) => range);
    assertEquals(ranges, ["bytes=10-19", "bytes=4000000-4999999"]);
    assertEquals(reported.map(({ status }) => status).slice(0, 3), [
      "initiate",
      "download",
      "progress",
    ]);
    // Bytes of two versions are never mixed.
    const isStrong = server.options.etags !== false;
    if (!isStrong) {
      const changes = { etag: 'W/"v2"', "last-modified": "Thu, 02 Jan 2020 00:00:00 GMT" };
      const [name] = Object.keys(server.options.headers!) as (keyof typeof changes)[];
      server.options.headers = { [name]: changes[name] };
    }
    server.files = { "a/b/model.safetensors": large.toReversed() };
    await assertRejects(() => file.read(0, 10), RangeError, "changed on the server");
    server.options.headers = options.headers;
    server.files = { "a/b/model.safetensors": large.slice(1) };
    await assertRejects(() => file.read(0, 10), RangeError, "changed on the server");
  }
});

Deno.test("a large file without anything that tells versions apart is held at once", async () => {
  const large = makeBytes(5_000_000);
  const now = new Date().toUTCString();
  const servers: Record<string, ServerOptions> = {
    "no validator": { etags: false },
    // It could change again within that second.
    "changed now": { etags: false, headers: { "last-modified": now, date: now } },
    "no time of response": { etags: false, headers: { "last-modified": "yesterday" } },
  };
  for (const [name, options] of Object.entries(servers)) {
    await using server = new HubServer({ "a/b/model.safetensors": large }, options);
    const file = (await openDirect(server).open("model.safetensors"))!;
    server.files = { "a/b/model.safetensors": large.map((byte) => byte ^ 1) };
    assertEquals(await file.read(8000, 8004), large.slice(8000, 8004), name);
    assertEquals(await file.read(4_000_000, 4_000_004), large.slice(4_000_000, 4_000_004), name);
    assertEquals(server.requests.length, 1);
  }
});

Deno.test("ranges whose responses do not tell versions apart are not used", async () => {
  const large = makeBytes(5_000_000);
  await using server = new HubServer({ "a/b/model.safetensors": large });
  server.options.fault = ({ headers }) =>
    headers.has("range")
      ? new Response(large.slice(0, 1) as BodyInit, {
        status: 206,
        headers: { "content-range": "bytes 0-0/5000000" },
      })
      : undefined;
  const file = (await openDirect(server).open("model.safetensors"))!;
  server.files = {};
  assertEquals(await readAll(file), large);
});

Deno.test("a file too large to be held is refused before it is read", async () => {
  await using server = new HubServer({});
  let sent = 0;
  server.options.fault = () => {
    const body = new ReadableStream({ pull: (c) => c.enqueue(new Uint8Array(++sent && 2 ** 20)) });
    return new Response(body, { headers: { "content-length": "3000000000" } });
  };
  const load = () => openDirect(server).open("model.safetensors");
  await assertRejects(load, RangeError, "Cannot hold a/b/model.safetensors in memory");
  assertEquals(sent < 20, true);
});

Deno.test("without a cache the hash of a file is checked too", async () => {
  const headers = { "x-repo-commit": "abc" };
  for (const length of [1000, 5_000_000]) {
    const bytes = makeBytes(length);
    // As `git hash-object` computes it.
    const git = await crypto.subtle.digest(
      "SHA-1",
      new Uint8Array([...new TextEncoder().encode(`blob ${length}\0`), ...bytes]),
    );
    for (const hash of [await sha256(bytes), new Uint8Array(git).toHex()]) {
      // A chunked response has no length.
      for (const isChunked of [false, true]) {
        await using server = new HubServer({});
        const send = (sent: Uint8Array) => {
          const body = isChunked ? new Blob([sent as BlobPart]).stream() : sent as BodyInit;
          return new Response(body, { headers: { ...headers, etag: `"${hash}"` } });
        };
        server.options.fault = () => send(bytes);
        assertEquals(await readAll(await openDirect(server).open("vocab.txt")), bytes);
        server.options.fault = () => send(bytes.with(7, bytes[7] ^ 1));
        await assertRejects(
          () => openDirect(server).open("vocab.txt"),
          RangeError,
          `hash does not match, wanted ${hash}`,
        );
      }
    }
  }
});

Deno.test("without a cache and without ranges the whole file is held in memory", async () => {
  const large = makeBytes(5_000_000);
  await using server = new HubServer({ "a/b/model.safetensors": large }, { ranges: false });
  const file = (await openDirect(server).open("model.safetensors"))!;
  const before = server.requests.length;
  assertEquals(await file.read(4_000_000, 4_000_010), large.slice(4_000_000, 4_000_010));
  assertEquals(server.requests.length, before);
});

Deno.test("a range is resumed after the connection breaks", async () => {
  const large = makeBytes(5_000_000);
  await using server = new HubServer({ "a/b/model.safetensors": large });
  const file = (await openDirect(server).open("model.safetensors"))!;
  const etag = `"v-${await sha256(large)}"`;
  server.requests.length = 0;
  server.options.fault = (_, count) => {
    if (count > 1) return undefined;
    const part = truncatedResponse(large.slice(0, 1_000_000), 300_000, {
      etag,
      "content-range": "bytes 0-999999/5000000",
    });
    return new Response(part.body, { status: 206, headers: part.headers });
  };
  assertEquals(await file.read(0, 1_000_000), large.slice(0, 1_000_000));
  assertEquals(server.requests.length, 2);
});
