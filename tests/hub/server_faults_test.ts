import { assert, assertEquals, assertRejects } from "@std/assert";
import { HubServer, readAll, sha256, withCache } from "./hub_server.ts";
import { BYTES, COMMIT, FILES, open, openDirect, PATIENCE, text } from "./remote.ts";

/** For servers that are silent on purpose. */
const IMPATIENCE = { ...PATIENCE, stall: 250 };

Deno.test("a server that falls silent is asked again, then given up", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES);
    const etag = `"v-${await sha256(BYTES)}"`;
    const silent = () => {
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
    server.options.fault = (_, seen) => seen === 1 ? silent() : undefined;
    const source = open(server, cache, { patience: IMPATIENCE });
    assertEquals(await readAll(await source.open("model.safetensors")), BYTES);
    server.requests.length = 0;
    server.files["a/b/other.safetensors"] = BYTES;
    server.options.fault = silent;
    const load = () => open(server, cache, { patience: IMPATIENCE }).open("other.safetensors");
    await assertRejects(load, Error, "nothing came for 0.25 s, 3 times in a row");
    assertEquals(server.requests.length, 3);
  }));

Deno.test("a server that never answers is given up", async () => {
  await using server = new HubServer(FILES);
  const late: Promise<void>[] = [];
  server.options.fault = () => {
    const pause = new Promise<void>((resolve) => setTimeout(resolve, 600));
    late.push(pause);
    return pause.then(() => new Response("late"));
  };
  await assertRejects(
    () => openDirect(server, { patience: IMPATIENCE }).open("config.json"),
    Error,
    "nothing came for",
  );
  assertEquals(server.requests.length, 3);
  await Promise.all(late);
});

Deno.test("errors that may pass are tried again", async () => {
  for (const status of [500, 502, 503, 504, 429, 408]) {
    await using server = new HubServer(FILES);
    server.options.fault = (_, seen) => seen < 3 ? new Response("busy", { status }) : undefined;
    assertEquals(await text(await openDirect(server).open("config.json")), '{"x": 1}');
    server.options.fault = () => new Response("busy", { status });
    await assertRejects(() => openDirect(server).open("config.json"), Error, `answers ${status}`);
    assertEquals(server.requests.length, 6);
  }
});

Deno.test("errors that stay are not tried again, and say what to do", async () => {
  const token = "hf_secret";
  const cases: [Response, string, string?][] = [
    [new Response("", { status: 401 }), "answers 401: give a token"],
    [new Response("", { status: 403 }), "answers 403: give a token"],
    [new Response("", { status: 403 }), "answers 403: the token does not open it", token],
    [new Response("", { status: 400 }), "answers 400"],
    [
      new Response("", { status: 404, headers: { "x-error-code": "RepoNotFound" } }),
      "answers 404: there is no such repository",
    ],
    [
      new Response("", { status: 404, headers: { "x-error-code": "RevisionNotFound" } }),
      "there is no such revision",
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

Deno.test("a file that is not there is none, with either answer of the hub", async () => {
  for (const headers of [{}, { "x-error-code": "EntryNotFound" }] as HeadersInit[]) {
    await using server = new HubServer({}, {
      fault: () => new Response("", { status: 404, headers }),
    });
    assertEquals(await openDirect(server).open("merges.txt"), undefined);
  }
});

Deno.test("redirects are followed within the host with the token, and not for ever", async () => {
  await using server = new HubServer(FILES);
  server.options.fault = (request) => {
    const { pathname } = new URL(request.url);
    if (!pathname.startsWith("/a/")) return undefined;
    return new Response(null, { status: 307, headers: { location: `/moved${pathname}` } });
  };
  server.files = { "moved/a/b/config.json": "{}" };
  const source = openDirect(server, { token: "hf_x" });
  assertEquals(await text(await source.open("config.json")), "{}");
  assertEquals(server.requests.map(({ authorization }) => authorization), [
    "Bearer hf_x",
    "Bearer hf_x",
  ]);
  server.options.fault = () => new Response(null, { status: 302, headers: { location: "x" } });
  await assertRejects(() => openDirect(server).open("config.json"), RangeError, "10 redirects");
});

Deno.test("a web page is not taken for a file, nor kept", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES, { commit: COMMIT });
    const page = "<!DOCTYPE html><html>Log in</html>";
    const etag = '"page"';
    for (const type of ["text/html; charset=utf-8", "application/json"]) {
      server.options.fault = () => new Response(page, { headers: { "content-type": type, etag } });
      await assertRejects(() => open(server, cache).open("config.json"), SyntaxError, "a web page");
    }
    server.options.fault = undefined;
    assertEquals(await text(await open(server, cache).open("config.json")), '{"x": 1}');
  }));
