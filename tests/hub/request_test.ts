import { assertEquals, assertRejects } from "@std/assert";
import { fileFacts } from "../../hub/remote_file.ts";
import { request } from "../../hub/request.ts";

const PATIENCE = { tries: 1, pause: 1, stall: 1000 };
const URL_OF_FILE = new URL("https://hub.example/a/b/config.json");

/** Asks with another `fetch`, and tells what it was asked for. */
async function requestWith(
  answer: (url: URL, redirect: string | undefined) => Response,
  token?: string,
) {
  const { fetch } = globalThis;
  const asked: string[] = [];
  globalThis.fetch = (input, init) => {
    const headers = new Headers(init?.headers);
    asked.push(`${init?.redirect} ${input} ${headers.get("authorization")}`);
    return Promise.resolve(answer(input as URL, init?.redirect));
  };
  try {
    const result = await request(URL_OF_FILE, "a/b/config.json", { patience: PATIENCE, token });
    return { result, asked };
  } finally {
    globalThis.fetch = fetch;
  }
}

function redirect(location: string): Response {
  return new Response(null, { status: 302, headers: { location } });
}

Deno.test("request() does not leave https", async () => {
  const leave = () => requestWith(() => redirect("http://hub.example/a"));
  await assertRejects(leave, RangeError, "redirects to plain http");
});

Deno.test("request() sends the token to the host of the URL alone", async () => {
  const { asked } = await requestWith(
    ({ href }) =>
      href === URL_OF_FILE.href
        ? redirect("https://cdn.example/x")
        : href.startsWith("https://cdn")
        ? redirect("https://hub.example/last")
        : new Response("{}"),
    "hf_x",
  );
  assertEquals(asked, [
    "manual https://hub.example/a/b/config.json Bearer hf_x",
    "manual https://cdn.example/x null",
    "manual https://hub.example/last Bearer hf_x",
  ]);
});

Deno.test("request() lets a browser follow what it hides", async () => {
  const hidden = Object.defineProperty(new Response(null), "type", { value: "opaqueredirect" });
  const { result, asked } = await requestWith((_, mode) =>
    mode === "manual" ? hidden : new Response("{}")
  );
  assertEquals(await result?.response.text(), "{}");
  assertEquals(asked.map((line) => line.split(" ")[0]), ["manual", "follow"]);
});

Deno.test("request() refuses a part that nobody asked for", async () => {
  for (const status of [206, 416, 304]) {
    const ask = () => requestWith(() => new Response(null, { status }));
    await assertRejects(ask, RangeError, `answers ${status}`);
  }
});

Deno.test("fileFacts() knows the hub's hashes from other ETags", async () => {
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
    assertEquals(fileFacts(result!, "x").digest, digest);
  }
});

Deno.test("fileFacts() joins parts by strong ETags only", async () => {
  const factsOf = async (etag: string) => {
    const { result } = await requestWith(() => new Response("{}", { headers: { etag } }));
    return fileFacts(result!, "x");
  };
  const strong = await factsOf('"v1"');
  assertEquals([strong.identity, strong.validator], ['"v1"', '"v1"']);
  const weak = await factsOf('W/"v1"');
  assertEquals([weak.identity, weak.validator], [undefined, 'W/"v1"']);
});

Deno.test("fileFacts() refuses what was compressed", async () => {
  const headers = { "content-encoding": "gzip", "content-length": "5" };
  const { result } = await requestWith(() => new Response("x", { headers }));
  const read = () => Promise.resolve().then(() => fileFacts(result!, "config.json"));
  await assertRejects(read, RangeError, "compresses it (gzip)");
});
