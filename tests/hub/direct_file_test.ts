import { assertEquals, assertRejects } from "@std/assert";
import type { ProgressInfo } from "../../checkpoint/progress_source.ts";
import { HubServer, makeBytes, sha256, truncatedResponse } from "./hub_server.ts";
import { openDirect } from "./remote.ts";

Deno.test("without a cache a large file is read in ranges on demand", async () => {
  const large = makeBytes(5_000_000);
  for (const etags of [true, false]) {
    await using server = new HubServer({ "a/b/model.safetensors": large }, { etags });
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
    server.files = { "a/b/model.safetensors": large.slice(1) };
    await assertRejects(() => file.read(0, 10), RangeError, "changed on the server");
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
