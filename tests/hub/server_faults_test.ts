import { assert, assertEquals, assertRejects } from "@std/assert";
import { readDownload } from "../../hub/download.ts";
import { HubServer, readAll, sha256, truncatedResponse, withCache } from "./hub_server.ts";
import { BYTES, COMMIT, FILES, open, openDirect, readText, RETRY_POLICY } from "./remote.ts";

/** Retries for servers that stop sending on purpose. */
const SHORT_TIMEOUT = { ...RETRY_POLICY, timeout: 250 };

Deno.test("a response that stalls is retried, then is an error", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES);
    const etag = `"v-${await sha256(BYTES)}"`;
    const stall = () => {
      let timer: ReturnType<typeof setTimeout>;
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          controller.enqueue(BYTES.slice(0, 50_000));
          timer = setTimeout(() => controller.close(), 5000);
        },
        cancel: () => clearTimeout(timer),
      });
      return new Response(body as BodyInit, { headers: { etag, "content-length": "300000" } });
    };
    server.options.fault = (_, count) => count === 1 ? stall() : undefined;
    const source = open(server, cache, { retryPolicy: SHORT_TIMEOUT });
    assertEquals(await readAll(await source.open("model.safetensors")), BYTES);
    server.requests.length = 0;
    server.files["a/b/other.safetensors"] = BYTES;
    server.options.fault = stall;
    const load = () =>
      open(server, cache, { retryPolicy: SHORT_TIMEOUT }).open("other.safetensors");
    await assertRejects(load, Error, "no data received for 0.25 s, 3 times in a row");
    assertEquals(server.requests.length, 3);
  }));

/** Sends bytes one by one, after pauses in milliseconds; stops when the client does. */
function trickle(bytes: Uint8Array, pause: number, headers: HeadersInit): Response {
  let timer: ReturnType<typeof setInterval>;
  let sent = 0;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      timer = setInterval(() => {
        controller.enqueue(bytes.slice(sent, ++sent));
        if (sent < bytes.length) return;
        clearInterval(timer);
        controller.close();
      }, pause);
    },
    cancel: () => clearInterval(timer),
  });
  return new Response(body as BodyInit, { headers });
}

Deno.test("a response that trickles is retried, then is an error", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES);
    const policy = { attempts: 3, delay: 1, timeout: 150, slowest: 1000 };
    const etag = `"v-${await sha256(BYTES)}"`;
    const length = { "content-length": "300000" };
    let files = 0;
    for (const headers of [{ etag, ...length }, length, { etag }] as Record<string, string>[]) {
      for (const openSource of [open, openDirect]) {
        server.options.fault = () => trickle(BYTES, 10, headers);
        server.requests.length = 0;
        const source = openSource === open
          ? open(server, cache, { retryPolicy: policy })
          : openDirect(server, { retryPolicy: policy });
        const name = `vocab${++files}.txt`;
        const load = () => source.open(name);
        await assertRejects(load, Error, "bytes received in 0.");
        assertEquals(server.requests.length, 3);
        // One slow response is forgiven.
        server.files[`a/b/${name}`] = BYTES;
        server.options.fault = (_, count) => count === 4 ? trickle(BYTES, 10, headers) : undefined;
        server.options.etags = false;
        server.options.headers = headers.etag ? { etag } : {};
        assertEquals(await readAll(await load()), BYTES);
      }
    }
  }));

Deno.test("a small file may come slowly, and a pause of the reader does not count", async () => {
  await using server = new HubServer(FILES);
  const retryPolicy = { attempts: 1, delay: 1, timeout: 300, slowest: 1000 };
  server.options.fault = () => trickle(new TextEncoder().encode('{"x": 1}'), 10, {});
  const source = openDirect(server, { retryPolicy });
  assertEquals(await readText(await source.open("config.json")), '{"x": 1}');
  server.options.fault = undefined;
  const response = new Response(ReadableStream.from([new Uint8Array(5), new Uint8Array(5)]));
  const chunks = readDownload({
    name: "a/b/config.json",
    url: new URL(server.url),
    token: undefined,
    retryPolicy: { ...retryPolicy, timeout: 20 },
    signal: undefined,
    response: {
      http: response,
      connection: new AbortController(),
      commit: undefined,
      linkedEtag: undefined,
      linkedSize: undefined,
    },
    metadata: {
      size: 10,
      digest: undefined,
      etag: undefined,
      identity: undefined,
      validator: undefined,
    },
    progress: () => {},
  }, 0);
  let length = 0;
  for await (const chunk of chunks) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    length += chunk.length;
  }
  assertEquals(length, 10);
});

Deno.test("a connection that breaks after a few bytes each time is an error", () =>
  withCache(async (cache) => {
    const retryPolicy = { attempts: 3, delay: 1, timeout: 1000, slowest: 10_000 };
    await using server = new HubServer(FILES);
    const etag = `"v-${await sha256(BYTES)}"`;
    /** Continues where the client asks, for a number of bytes. */
    const send = (count: number) => {
      server.options.fault = ({ headers }) => {
        const start = Number(/\d+/.exec(headers.get("range") ?? "0")![0]);
        const rest = truncatedResponse(BYTES.slice(start), count, {
          etag,
          "content-range": `bytes ${start}-${BYTES.length - 1}/${BYTES.length}`,
        });
        const status = headers.has("range") ? 206 : 200;
        return new Response(rest.body, { status, headers: rest.headers });
      };
    };
    send(1);
    const load = () => open(server, cache, { retryPolicy }).open("model.safetensors");
    await assertRejects(load, Error, "3 times in a row");
    assertEquals(server.requests.length, 3);
    send(50_000);
    assertEquals(await readAll(await load()), BYTES);
  }));

Deno.test("a server that never responds is an error", async () => {
  await using server = new HubServer(FILES);
  const late: Promise<void>[] = [];
  server.options.fault = () => {
    const pause = new Promise<void>((resolve) => setTimeout(resolve, 600));
    late.push(pause);
    return pause.then(() => new Response("late"));
  };
  await assertRejects(
    () => openDirect(server, { retryPolicy: SHORT_TIMEOUT }).open("config.json"),
    Error,
    "no data received for",
  );
  assertEquals(server.requests.length, 3);
  await Promise.all(late);
});

Deno.test("transient errors are retried", async () => {
  for (const status of [500, 502, 503, 504, 429, 408]) {
    await using server = new HubServer(FILES);
    server.options.fault = (_, count) => count < 3 ? new Response("busy", { status }) : undefined;
    assertEquals(await readText(await openDirect(server).open("config.json")), '{"x": 1}');
    server.options.fault = () => new Response("busy", { status });
    await assertRejects(() => openDirect(server).open("config.json"), Error, `status ${status}`);
    assertEquals(server.requests.length, 6);
  }
});

Deno.test("permanent errors are not retried, and say what to do", async () => {
  const token = "hf_secret";
  const cases: [Response, string, string?][] = [
    [new Response("", { status: 401 }), "status 401: pass a token"],
    [new Response("", { status: 403 }), "status 403: pass a token"],
    [new Response("", { status: 403 }), "status 403: the token grants no access", token],
    [new Response("", { status: 400 }), "status 400"],
    [
      new Response("", { status: 404, headers: { "x-error-code": "RepoNotFound" } }),
      "status 404: the repository does not exist",
    ],
    [
      new Response("", { status: 404, headers: { "x-error-code": "RevisionNotFound" } }),
      "the revision does not exist",
    ],
    [new Response("", { status: 302, headers: { location: "ftp://a/" } }), "redirects to ftp://a/"],
  ];
  for (const [response, message, token] of cases) {
    await using server = new HubServer(FILES, { fault: () => response });
    const load = () => openDirect(server, { token }).open("config.json");
    const error = await assertRejects(load, RangeError, message);
    assert(!error.message.includes("hf_secret"));
    assertEquals(server.requests.length, 1);
  }
});

Deno.test("a missing file is undefined, with either error code of the hub", async () => {
  for (const headers of [{}, { "x-error-code": "EntryNotFound" }] as HeadersInit[]) {
    await using server = new HubServer({}, {
      fault: () => new Response("", { status: 404, headers }),
    });
    assertEquals(await openDirect(server).open("merges.txt"), undefined);
  }
});

Deno.test("redirects within the host keep the token, and are limited in number", async () => {
  await using server = new HubServer(FILES);
  server.options.fault = (request) => {
    const { pathname } = new URL(request.url);
    if (!pathname.startsWith("/a/")) return undefined;
    return new Response(null, { status: 307, headers: { location: `/moved${pathname}` } });
  };
  server.files = { "moved/a/b/config.json": "{}" };
  const source = openDirect(server, { token: "hf_x" });
  assertEquals(await readText(await source.open("config.json")), "{}");
  assertEquals(server.requests.map(({ authorization }) => authorization), [
    "Bearer hf_x",
    "Bearer hf_x",
  ]);
  server.options.fault = () => new Response(null, { status: 302, headers: { location: "x" } });
  await assertRejects(() => openDirect(server).open("config.json"), RangeError, "10 redirects");
});

Deno.test("a web page in place of a file is an error, and is not cached", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES, { commit: COMMIT });
    const page = "<!DOCTYPE html><html>Log in</html>";
    const etag = '"page"';
    for (const type of ["text/html; charset=utf-8", "application/json"]) {
      server.options.fault = () => new Response(page, { headers: { "content-type": type, etag } });
      await assertRejects(() => open(server, cache).open("config.json"), SyntaxError, "a web page");
    }
    server.options.fault = undefined;
    assertEquals(await readText(await open(server, cache).open("config.json")), '{"x": 1}');
  }));
