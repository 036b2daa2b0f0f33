import { assertEquals, assertRejects } from "@std/assert";
import { readFileMetadata } from "../../hub/file_metadata.ts";
import { request } from "../../hub/request.ts";

const RETRY_POLICY = { attempts: 1, delay: 1, timeout: 1000 };
const URL_OF_FILE = new URL("https://hub.example/a/b/config.json");

/** Requests a file with a substitute for `fetch`, and records its calls. */
async function requestWith(
  respond: (url: URL, redirect: string | undefined) => Response,
  token?: string,
) {
  const { fetch } = globalThis;
  const calls: string[] = [];
  globalThis.fetch = (input, init) => {
    const headers = new Headers(init?.headers);
    calls.push(`${init?.redirect} ${input} ${headers.get("authorization")}`);
    return Promise.resolve(respond(input as URL, init?.redirect));
  };
  try {
    const name = "a/b/config.json";
    const result = await request({ name, url: URL_OF_FILE, token, retryPolicy: RETRY_POLICY });
    return { result, calls };
  } finally {
    globalThis.fetch = fetch;
  }
}

function redirect(location: string): Response {
  return new Response(null, { status: 302, headers: { location } });
}

Deno.test("request() does not follow redirects from https to http", async () => {
  const load = () => requestWith(() => redirect("http://hub.example/a"));
  await assertRejects(load, RangeError, "redirects to plain http");
});

Deno.test("request() sends the token only to the host of the URL", async () => {
  const { calls } = await requestWith(
    ({ href }) =>
      href === URL_OF_FILE.href
        ? redirect("https://cdn.example/x")
        : href.startsWith("https://cdn")
        ? redirect("https://hub.example/last")
        : new Response("{}"),
    "hf_x",
  );
  assertEquals(calls, [
    "manual https://hub.example/a/b/config.json Bearer hf_x",
    "manual https://cdn.example/x null",
    "manual https://hub.example/last Bearer hf_x",
  ]);
});

Deno.test("request() lets a page follow redirects, with one request", async () => {
  const headers = { "x-repo-commit": "abc" };
  const { process } = globalThis as { process?: unknown };
  Reflect.deleteProperty(globalThis, "process");
  try {
    const { result, calls } = await requestWith(() => new Response("{}", { headers }), "hf_x");
    assertEquals(await result?.http.text(), "{}");
    assertEquals(result?.commit, "abc");
    assertEquals(calls, ["follow https://hub.example/a/b/config.json Bearer hf_x"]);
  } finally {
    Object.assign(globalThis, { process });
  }
});

Deno.test("request() lets a program's page follow redirects that it hides", async () => {
  const hidden = Object.defineProperty(new Response(null), "type", { value: "opaqueredirect" });
  const { result, calls } = await requestWith((_, mode) =>
    mode === "manual" ? hidden : new Response("{}")
  );
  assertEquals(await result?.http.text(), "{}");
  assertEquals(calls.map((line) => line.split(" ")[0]), ["manual", "follow"]);
});

Deno.test("request() throws on a partial response without a range request", async () => {
  for (const status of [206, 416, 304]) {
    const load = () => requestWith(() => new Response(null, { status }));
    await assertRejects(load, RangeError, `status ${status}`);
  }
});

Deno.test("readFileMetadata() distinguishes the hub's hashes from other ETags", async () => {
  const sha256 = "a".repeat(64);
  const cases: [HeadersInit, unknown][] = [
    [{ etag: `"${sha256}"` }, undefined],
    [{ etag: `"${sha256}"`, "x-repo-commit": "abc" }, { kind: "sha256", hex: sha256 }],
    [{ "x-linked-etag": `"${sha256}"` }, { kind: "sha256", hex: sha256 }],
    [{ "x-linked-etag": `W/"${"B".repeat(40)}"` }, { kind: "git", hex: "b".repeat(40) }],
    [{ "x-linked-etag": '"abc-7"' }, undefined],
  ];
  for (const [headers, digest] of cases) {
    const { result } = await requestWith(() => new Response("{}", { headers }));
    assertEquals(readFileMetadata(result!, "x").digest, digest);
  }
});

Deno.test("readFileMetadata() takes only a strong ETag as identity", async () => {
  const metadataOf = async (etag: string) => {
    const { result } = await requestWith(() => new Response("{}", { headers: { etag } }));
    return readFileMetadata(result!, "x");
  };
  const strong = await metadataOf('"v1"');
  assertEquals([strong.identity, strong.validator], ['"v1"', '"v1"']);
  const weak = await metadataOf('W/"v1"');
  assertEquals([weak.identity, weak.validator], [undefined, 'W/"v1"']);
});

Deno.test("readFileMetadata() throws on a compressed response", async () => {
  const headers = { "content-encoding": "gzip", "content-length": "5" };
  const { result } = await requestWith(() => new Response("x", { headers }));
  const read = () => Promise.resolve().then(() => readFileMetadata(result!, "config.json"));
  await assertRejects(read, RangeError, "compresses it (gzip)");
});
