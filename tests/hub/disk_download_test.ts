import { assert, assertEquals, assertRejects } from "@std/assert";
import type { ProgressInfo } from "../../checkpoint/progress_source.ts";
import { HubServer, readAll, sha256, truncatedResponse, withCache } from "./hub_server.ts";
import { BYTES, COMMIT, FILES, listNames, locate, open, readText } from "./remote.ts";

Deno.test("large files are fetched from the host that the hub redirects to, and checked by their hash", () =>
  withCache(async (cache) => {
    await using cdn = new HubServer({ [await sha256(BYTES)]: BYTES });
    await using server = new HubServer(FILES, { commit: COMMIT, cdn });
    const source = open(server, cache, { token: "hf_secret" });
    assertEquals(await readAll(await source.open("model.safetensors")), BYTES);
    // The token is sent to the hub only.
    assertEquals(server.requests.map(({ authorization }) => authorization), ["Bearer hf_secret"]);
    assertEquals(cdn.requests.map(({ authorization }) => authorization), [null]);

    const other = BYTES.with(5, 99);
    cdn.files = { [await sha256(BYTES)]: other };
    await withCache(async (empty) => {
      const broken = open(server, empty).open("model.safetensors");
      await assertRejects(
        () => broken,
        RangeError,
        `sha256 hash does not match, wanted ${await sha256(BYTES)}`,
      );
      assertEquals(await listNames(`${empty}/${locate(server).key}/contents`), []);
    });
  }));

Deno.test("the git hash of a small file is checked", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES);
    const send = (hash: string) => {
      const headers = { "x-repo-commit": COMMIT, etag: `"${hash}"`, "content-length": "8" };
      server.options.fault = () => new Response('{"x": 1}', { headers });
    };
    send("0".repeat(40));
    await assertRejects(() => open(server, cache).open("config.json"), RangeError, "git hash");
    // The output of `printf '{"x": 1}' | git hash-object --stdin`.
    send("3fafbf7251e2c961284595b81bf4d2031eb07003");
    assertEquals(await readText(await open(server, cache).open("config.json")), '{"x": 1}');
  }));

for (const ranges of [true, false]) {
  Deno.test(`a broken download is resumed at the byte reached, ranges ${ranges}`, () =>
    withCache(async (cache) => {
      await using server = new HubServer(FILES, { ranges });
      const etag = `"v-${await sha256(BYTES)}"`;
      server.options.fault = (_, count) =>
        count === 1 ? truncatedResponse(BYTES, 100_000, { etag }) : undefined;
      const reported: ProgressInfo[] = [];
      const source = open(server, cache, { progress_callback: (info) => reported.push(info) });
      assertEquals(await readAll(await source.open("model.safetensors")), BYTES);
      assertEquals(server.requests.length, 2);
      assert(/^bytes=[1-9]\d*-$/.test(server.requests[1].range!), server.requests[1].range!);
      // Otherwise the server could send the rest of another version.
      assertEquals(server.requests[1].ifRange, etag);
      const loaded = reported.flatMap((info) => info.status === "progress" ? [info.loaded] : []);
      assertEquals(loaded, loaded.toSorted((a, b) => a - b));
    }));
}

Deno.test("a partial download is resumed by the next one", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES);
    const etag = `"v-${await sha256(BYTES)}"`;
    server.options.fault = () => truncatedResponse(BYTES, 100_000, { etag });
    const broken = () => open(server, cache).open("model.safetensors");
    await assertRejects(broken, Error, "3 times in a row");
    server.options.fault = undefined;
    server.requests.length = 0;
    assertEquals(await readAll(await open(server, cache).open("model.safetensors")), BYTES);
    assertEquals(server.requests.map(({ range }) => range !== null), [false, true]);
    const contents = await listNames(`${cache}/${locate(server).key}/contents`);
    assertEquals(contents, [await sha256(BYTES)]);
  }));

Deno.test("a partial download is resumed in a folder with a long path", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES);
    const long = `${cache}/${"x".repeat(200)}`;
    const etag = `"v-${await sha256(BYTES)}"`;
    server.options.fault = () => truncatedResponse(BYTES, 100_000, { etag });
    await assertRejects(() => open(server, long).open("model.safetensors"), Error, "in a row");
    server.options.fault = undefined;
    server.requests.length = 0;
    assertEquals(await readAll(await open(server, long).open("model.safetensors")), BYTES);
    assertEquals(server.requests.map(({ range }) => range !== null), [false, true]);
  }));

Deno.test("interrupted downloads leave one partial file, which a running one is not", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES);
    const contents = `${cache}/${locate(server).key}/contents`;
    const interrupt = async (etag: string) => {
      server.options.fault = () => truncatedResponse(BYTES, 100_000, { etag });
      const load = open(server, cache).open("model.safetensors");
      await assertRejects(() => load, Error, "in a row");
      return await listNames(contents);
    };
    const [first] = await interrupt('"old"');
    // Another process still writes it.
    await Deno.utime(`${contents}/${first}`, new Date(), new Date());
    for (let round = 0; round < 3; round++) {
      const parts = await interrupt('"new"');
      assertEquals(parts.length, 2);
      assert(parts.includes(first));
    }
    await Deno.utime(`${contents}/${first}`, new Date(0), new Date(0));
    const parts = await interrupt('"new"');
    assertEquals(parts.length, 1);
    assert(!parts.includes(first));
  }));

Deno.test("a partial download of another version is not resumed", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES);
    server.options.fault = () => truncatedResponse(BYTES, 100_000, { etag: '"old"' });
    await assertRejects(() => open(server, cache).open("model.safetensors"), Error, "in a row");
    server.options.fault = undefined;
    const changed = BYTES.map((byte) => byte ^ 1);
    server.files = { "a/b/model.safetensors": changed };
    assertEquals(await readAll(await open(server, cache).open("model.safetensors")), changed);
  }));

Deno.test("a partial download that is longer than the file is not resumed", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES);
    const etag = `"v-${await sha256(BYTES)}"`;
    const contents = `${cache}/${locate(server).key}/contents`;
    for (const length of [BYTES.length + 1, BYTES.length]) {
      server.options.fault = () => truncatedResponse(BYTES, 100_000, { etag });
      const load = () => open(server, cache).open("model.safetensors");
      await assertRejects(load, Error, "in a row");
      const [part] = await listNames(contents);
      await Deno.writeFile(`${contents}/${part}`, new Uint8Array([...BYTES, 7]).slice(0, length));
      server.options.fault = undefined;
      server.requests.length = 0;
      assertEquals(await readAll(await load()), BYTES);
      assertEquals(await listNames(contents), [await sha256(BYTES)]);
      assertEquals(server.requests.map(({ range }) => range), [null]);
      await Deno.remove(cache, { recursive: true });
      await Deno.mkdir(cache);
    }
  }));

Deno.test("a download without a length is not resumed by the next one", () =>
  withCache(async (cache) => {
    await using server = new HubServer({ "a/b/vocab.txt": "x".repeat(200_000) });
    server.options.fault = () => {
      const body = new ReadableStream<Uint8Array>({
        async start(controller) {
          controller.enqueue(new Uint8Array(100_000).fill(120));
          await new Promise((resolve) => setTimeout(resolve, 20));
          controller.error(new Error("planted"));
        },
      });
      return new Response(body as BodyInit, { headers: { etag: '"x"' } });
    };
    await assertRejects(() => open(server, cache).open("vocab.txt"), Error, "in a row");
    const contents = `${cache}/${locate(server).key}/contents`;
    assertEquals(await listNames(contents), []);
    const fail = server.options.fault;
    // The rest of it, in a response that has a length, completes a download that is running.
    server.options.fault = (request, count) => count === 4 ? fail(request, count) : undefined;
    server.options.etags = false;
    server.options.headers = { etag: '"x"' };
    const text = await readText(await open(server, cache).open("vocab.txt"));
    assertEquals(text, "x".repeat(200_000));
  }));

Deno.test("a partial download with wrong bytes is discarded", () =>
  withCache(async (cache) => {
    await using cdn = new HubServer({ [await sha256(BYTES)]: BYTES });
    await using server = new HubServer(FILES, { commit: COMMIT, cdn });
    cdn.options.fault = () => truncatedResponse(BYTES, 100_000);
    await assertRejects(() => open(server, cache).open("model.safetensors"), Error, "in a row");
    cdn.options.fault = undefined;
    const contents = `${cache}/${locate(server).key}/contents`;
    for (const name of await listNames(contents)) {
      await Deno.writeFile(`${contents}/${name}`, new Uint8Array(50_000));
    }
    assertEquals(await readAll(await open(server, cache).open("model.safetensors")), BYTES);
    assertEquals(await listNames(contents), [await sha256(BYTES)]);
  }));

Deno.test("without an identity a broken download restarts at byte 0", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES, { etags: false });
    server.options.fault = (_, count) =>
      count === 1 ? truncatedResponse(BYTES, 100_000) : undefined;
    assertEquals(await readAll(await open(server, cache).open("model.safetensors")), BYTES);
    assertEquals(server.requests.map(({ range }) => range), [null, null]);
  }));

Deno.test("a file that changes during the download is an error", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES);
    server.options.fault = (_, count) =>
      count === 1 ? truncatedResponse(BYTES, 100_000, { etag: '"old"' }) : undefined;
    const load = () => open(server, cache).open("model.safetensors");
    await assertRejects(load, RangeError, "changed on the server");
  }));

Deno.test("a length that differs from the hub's is an error", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES);
    const headers = { "x-linked-size": "400000", "content-length": "300000" };
    server.options.fault = () => new Response(BYTES as BodyInit, { headers });
    const load = () => open(server, cache).open("model.safetensors");
    await assertRejects(load, RangeError, "wanted its 400000 bytes, the server sends 300000");
    // A chunked response has no content-length.
    const chunks = (size: number) => {
      const stream = new Blob([BYTES as BlobPart]).stream();
      const headers = { "x-linked-size": String(size), etag: '"x"' };
      server.options.fault = () => new Response(stream, { headers });
    };
    chunks(200_000);
    await assertRejects(load, RangeError, "got more than its 200000 bytes");
  }));

Deno.test("a range that was not requested is an error", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES);
    const etag = '"x"';
    for (const range of ["bytes 150000-299999/300000", "bytes 5-1/300000", "lines 1-2/3", ""]) {
      server.options.fault = ({ headers }) =>
        headers.has("range")
          ? new Response("x", { status: 206, headers: { etag, "content-range": range } })
          : truncatedResponse(BYTES, 100_000, { etag });
      await assertRejects(
        () => open(server, cache).open("model.safetensors"),
        RangeError,
        "Cannot",
      );
    }
  }));
