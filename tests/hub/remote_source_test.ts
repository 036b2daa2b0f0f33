import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { ProgressInfo } from "../../checkpoint/progress_source.ts";
import { DiskStore } from "../../hub/disk_store.ts";
import { hubPlace, type RemotePlace, urlPlace } from "../../hub/place.ts";
import { type RemoteOptions, RemoteSource } from "../../hub/remote_source.ts";
import { warningsOf } from "../helpers/warnings_of.ts";
import { HubServer, readAll, sha256, someBytes, truncated, withCache } from "./hub_server.ts";
import { withEnv } from "./with_env.ts";

const PATIENCE = { tries: 3, pause: 1, stall: 10_000 };
/** For servers that are silent on purpose. */
const IMPATIENCE = { ...PATIENCE, stall: 250 };
const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const BYTES = someBytes(300_000);
const FILES = { "a/b/config.json": '{"x": 1}', "a/b/model.safetensors": BYTES };

function place(server: HubServer, revision = "main"): RemotePlace {
  return withEnv({ remoteHost: server.url }, () => hubPlace("a/b", revision));
}

/** A source with a cache on disk, as a new process would open it. */
function open(
  server: HubServer,
  cache: string,
  options: RemoteOptions & { revision?: string } = {},
) {
  const at = place(server, options.revision);
  return new RemoteSource(at, {
    patience: PATIENCE,
    store: new DiskStore(cache, at.key),
    ...options,
  });
}

/** Without a cache. */
function openDirect(server: HubServer, options: RemoteOptions = {}) {
  return new RemoteSource(place(server), { patience: PATIENCE, ...options });
}

async function text(file: Parameters<typeof readAll>[0]): Promise<string> {
  return new TextDecoder().decode(await readAll(file));
}

Deno.test("files come from the server once, then from the cache", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES, { commit: COMMIT });
    for (let round = 0; round < 2; round++) {
      const source = open(server, cache);
      assertEquals(await text(await source.open("config.json")), '{"x": 1}');
      assertEquals(await readAll(await source.open("model.safetensors")), BYTES);
      assertEquals(await source.open("vocab.txt"), undefined);
    }
    assertEquals(server.requests.map(({ path }) => path), [
      "a/b/resolve/main/config.json",
      `a/b/resolve/${COMMIT}/model.safetensors`,
      `a/b/resolve/${COMMIT}/vocab.txt`,
      // Only the first file asks which commit "main" is by now.
      "a/b/resolve/main/config.json",
    ]);
  }));

Deno.test("a commit that is in the cache asks nothing", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES, { commit: COMMIT });
    for (let round = 0; round < 2; round++) {
      const source = open(server, cache, { revision: COMMIT });
      assertEquals(await text(await source.open("config.json")), '{"x": 1}');
      assertEquals(await source.open("vocab.txt"), undefined);
    }
    assertEquals(server.requests.length, 2);
  }));

Deno.test("a new commit is noticed, and the old one stays", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES, { commit: COMMIT });
    await open(server, cache).open("config.json");
    const next = COMMIT.replace("0", "f");
    server.options.commit = next;
    server.files = { ...FILES, "a/b/config.json": '{"x": 2}' };
    assertEquals(await text(await open(server, cache).open("config.json")), '{"x": 2}');
    const old = open(server, cache, { revision: COMMIT, local_files_only: true });
    assertEquals(await text(await old.open("config.json")), '{"x": 1}');
  }));

Deno.test("without commits each file is asked for, and read only if it changed", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES);
    const told: string[] = [];
    await open(server, cache).open("config.json");
    const progress_callback = (info: ProgressInfo) => told.push(info.status);
    await open(server, cache, { progress_callback }).open("config.json");
    assertEquals(server.requests.length, 2);
    assertEquals(told, ["initiate", "download", "progress", "done"]);
    server.files = { "a/b/config.json": '{"x": 2}' };
    assertEquals(await text(await open(server, cache).open("config.json")), '{"x": 2}');
  }));

Deno.test("without ETags either, a file is never taken for unchanged", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES, { etags: false });
    assertEquals(await text(await open(server, cache).open("config.json")), '{"x": 1}');
    // As long as the other one.
    server.files = { "a/b/config.json": '{"x": 2}' };
    assertEquals(await text(await open(server, cache).open("config.json")), '{"x": 2}');
    const offline = open(server, cache, { local_files_only: true });
    assertEquals(await text(await offline.open("config.json")), '{"x": 2}');
  }));

Deno.test("large files come from where the hub sends for them, checked by its hash", () =>
  withCache(async (cache) => {
    await using cdn = new HubServer({ [await sha256(BYTES)]: BYTES });
    await using server = new HubServer(FILES, { commit: COMMIT, cdn });
    const source = open(server, cache, { token: "hf_secret" });
    assertEquals(await readAll(await source.open("model.safetensors")), BYTES);
    // The token goes to the hub and to nobody else.
    assertEquals(server.requests.map(({ authorization }) => authorization), ["Bearer hf_secret"]);
    assertEquals(cdn.requests.map(({ authorization }) => authorization), [null]);

    const other = BYTES.with(5, 99);
    cdn.files = { [await sha256(BYTES)]: other };
    await withCache(async (empty) => {
      const broken = open(server, empty).open("model.safetensors");
      await assertRejects(() => broken, RangeError, `sha256 hash is not ${await sha256(BYTES)}`);
      assertEquals(await names(`${empty}/${place(server).key}/contents`), []);
    });
  }));

Deno.test("a content that another commit brought is not fetched again", () =>
  withCache(async (cache) => {
    await using cdn = new HubServer({ [await sha256(BYTES)]: BYTES });
    await using server = new HubServer(FILES, { commit: COMMIT, cdn });
    await open(server, cache).open("model.safetensors");
    server.options.commit = "abcd";
    const before = cdn.requests.length;
    assertEquals(await readAll(await open(server, cache).open("model.safetensors")), BYTES);
    // The redirect is followed, nothing is read.
    assertEquals(cdn.requests.length, before + 1);
    assertEquals((await names(`${cache}/${place(server).key}/contents`)).length, 1);
  }));

Deno.test("git's hash of a small file is checked", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES);
    const send = (hash: string) => {
      const headers = { "x-repo-commit": COMMIT, etag: `"${hash}"`, "content-length": "8" };
      server.options.fault = () => new Response('{"x": 1}', { headers });
    };
    send("0".repeat(40));
    await assertRejects(() => open(server, cache).open("config.json"), RangeError, "git hash");
    // As `printf '{"x": 1}' | git hash-object --stdin` has it.
    send("3fafbf7251e2c961284595b81bf4d2031eb07003");
    assertEquals(await text(await open(server, cache).open("config.json")), '{"x": 1}');
  }));

for (const ranges of [true, false]) {
  Deno.test(`a broken download goes on where it broke, ranges ${ranges}`, () =>
    withCache(async (cache) => {
      await using server = new HubServer(FILES, { ranges });
      const etag = `"v-${await sha256(BYTES)}"`;
      server.options.fault = (_, seen) =>
        seen === 1 ? truncated(BYTES, 100_000, { etag }) : undefined;
      const told: ProgressInfo[] = [];
      const source = open(server, cache, { progress_callback: (info) => told.push(info) });
      assertEquals(await readAll(await source.open("model.safetensors")), BYTES);
      assertEquals(server.requests.length, 2);
      assert(/^bytes=[1-9]\d*-$/.test(server.requests[1].range!), server.requests[1].range!);
      const loaded = told.flatMap((info) => info.status === "progress" ? [info.loaded] : []);
      assertEquals(loaded, loaded.toSorted((a, b) => a - b));
    }));
}

Deno.test("what was left of a download is the start of the next one", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES);
    const etag = `"v-${await sha256(BYTES)}"`;
    server.options.fault = () => truncated(BYTES, 100_000, { etag });
    const broken = () => open(server, cache).open("model.safetensors");
    await assertRejects(broken, Error, "3 times in a row");
    server.options.fault = undefined;
    server.requests.length = 0;
    assertEquals(await readAll(await open(server, cache).open("model.safetensors")), BYTES);
    assertEquals(server.requests.map(({ range }) => range !== null), [false, true]);
    const contents = await names(`${cache}/${place(server).key}/contents`);
    assertEquals(contents, [await sha256(BYTES)]);
  }));

Deno.test("what was left of another version is not", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES);
    server.options.fault = () => truncated(BYTES, 100_000, { etag: '"old"' });
    await assertRejects(() => open(server, cache).open("model.safetensors"), Error, "in a row");
    server.options.fault = undefined;
    const changed = BYTES.map((byte) => byte ^ 1);
    server.files = { "a/b/model.safetensors": changed };
    assertEquals(await readAll(await open(server, cache).open("model.safetensors")), changed);
  }));

Deno.test("a leftover with wrong bytes is thrown away", () =>
  withCache(async (cache) => {
    await using cdn = new HubServer({ [await sha256(BYTES)]: BYTES });
    await using server = new HubServer(FILES, { commit: COMMIT, cdn });
    cdn.options.fault = () => truncated(BYTES, 100_000);
    await assertRejects(() => open(server, cache).open("model.safetensors"), Error, "in a row");
    cdn.options.fault = undefined;
    const contents = `${cache}/${place(server).key}/contents`;
    for (const name of await names(contents)) {
      await Deno.writeFile(`${contents}/${name}`, new Uint8Array(50_000));
    }
    assertEquals(await readAll(await open(server, cache).open("model.safetensors")), BYTES);
    assertEquals(await names(contents), [await sha256(BYTES)]);
  }));

Deno.test("without an identity a broken download begins anew", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES, { etags: false });
    server.options.fault = (_, seen) => seen === 1 ? truncated(BYTES, 100_000) : undefined;
    assertEquals(await readAll(await open(server, cache).open("model.safetensors")), BYTES);
    assertEquals(server.requests.map(({ range }) => range), [null, null]);
  }));

Deno.test("a file that changes between two parts is an error", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES);
    server.options.fault = (_, seen) =>
      seen === 1 ? truncated(BYTES, 100_000, { etag: '"old"' }) : undefined;
    const load = () => open(server, cache).open("model.safetensors");
    await assertRejects(load, RangeError, "changed on the server");
  }));

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

Deno.test("a length other than the hub's is an error", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES);
    const headers = { "x-linked-size": "400000", "content-length": "300000" };
    server.options.fault = () => new Response(BYTES as BodyInit, { headers });
    const load = () => open(server, cache).open("model.safetensors");
    await assertRejects(load, RangeError, "it should have 400000 bytes, the server sends 300000");
    // With chunks no length is sent beforehand.
    const chunks = (size: number) => {
      const stream = new Blob([BYTES as BlobPart]).stream();
      const told = { "x-linked-size": String(size), etag: '"x"' };
      server.options.fault = () => new Response(stream, { headers: told });
    };
    chunks(200_000);
    await assertRejects(load, RangeError, "more came than its 200000 bytes");
  }));

Deno.test("a range that is not the one asked for is an error", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES);
    const etag = '"x"';
    for (const range of ["bytes 150000-299999/300000", "bytes 5-1/300000", "lines 1-2/3", ""]) {
      server.options.fault = ({ headers }) =>
        headers.has("range")
          ? new Response("x", { status: 206, headers: { etag, "content-range": range } })
          : truncated(BYTES, 100_000, { etag });
      await assertRejects(
        () => open(server, cache).open("model.safetensors"),
        RangeError,
        "Cannot",
      );
    }
  }));

Deno.test("without a server the cache stands in, with a warning", () =>
  withCache(async (cache) => {
    const server = new HubServer(FILES, { commit: COMMIT });
    const online = open(server, cache);
    await online.open("config.json");
    await online.open("vocab.txt");
    await server[Symbol.asyncDispose]();
    const warnings = await warningsOf(async () => {
      const source = open(server, cache);
      assertEquals(await text(await source.open("config.json")), '{"x": 1}');
      assertEquals(await source.open("vocab.txt"), undefined);
      const other = () => source.open("model.safetensors");
      await assertRejects(other, Error, "cannot be reached");
    });
    assertEquals(warnings.length, 1);
    assertStringIncludes(warnings[0], "config.json is read from the cache");
  }));

Deno.test("local_files_only asks nothing and tells what is lacking", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES, { commit: COMMIT });
    const offline = () => open(server, cache, { local_files_only: true });
    const lacking = "Cannot load config.json of a/b (main): the cache does not have it";
    await assertRejects(() => offline().open("config.json"), RangeError, lacking);
    assertEquals(server.requests, []);
    const online = open(server, cache);
    await online.open("config.json");
    await online.open("vocab.txt");
    const source = offline();
    assertEquals(await text(await source.open("config.json")), '{"x": 1}');
    assertEquals(await source.open("vocab.txt"), undefined);
    await assertRejects(() => source.open("model.safetensors"), RangeError, "does not have it");
    assertEquals(server.requests.length, 2);
  }));

Deno.test("local_files_only knows also what was missing before the commit was known", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES);
    server.options.fault = ({ url }) => {
      server.options.commit = url.endsWith("config.json") ? COMMIT : undefined;
      return undefined;
    };
    const online = open(server, cache);
    assertEquals(await online.open("modules.json"), undefined);
    await online.open("config.json");
    const offline = open(server, cache, { local_files_only: true });
    assertEquals(await offline.open("modules.json"), undefined);
    assertEquals(await text(await offline.open("config.json")), '{"x": 1}');
  }));

Deno.test("progress is told with transformers.js's keys", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES, { commit: COMMIT });
    const told: ProgressInfo[] = [];
    const source = open(server, cache, { progress_callback: (info) => told.push(info) });
    await source.open("model.safetensors");
    const about = { name: "a/b", file: "model.safetensors" };
    assertEquals(told.slice(0, 3), [
      { status: "initiate", ...about },
      { status: "download", ...about },
      { status: "progress", ...about, loaded: 0, total: 300_000, progress: 0 },
    ]);
    assertEquals(told.slice(-2), [
      { status: "progress", ...about, loaded: 300_000, total: 300_000, progress: 100 },
      { status: "done", ...about },
    ]);
    const before = told.length;
    await source.open("model.safetensors");
    assertEquals(told.length, before);
  }));

Deno.test("without a cache a large file is read range by range, as it is asked for", async () => {
  const large = someBytes(5_000_000);
  for (const etags of [true, false]) {
    await using server = new HubServer({ "a/b/model.safetensors": large }, { etags });
    const told: ProgressInfo[] = [];
    const progress_callback = (info: ProgressInfo) => told.push(info);
    const source = openDirect(server, { progress_callback });
    const file = (await source.open("model.safetensors"))!;
    assertEquals(file.size, 5_000_000);
    server.requests.length = 0;
    assertEquals(await file.read(10, 20), large.slice(10, 20));
    assertEquals(await file.read(4_000_000, 5_000_000), large.slice(4_000_000));
    assertEquals(await file.read(7, 7), new Uint8Array());
    const ranges = server.requests.map(({ range }) => range);
    assertEquals(ranges, ["bytes=10-19", "bytes=4000000-4999999"]);
    assertEquals(told.map(({ status }) => status).slice(0, 3), [
      "initiate",
      "download",
      "progress",
    ]);
    // Another file in its place is not mixed with it.
    server.files = { "a/b/model.safetensors": large.slice(1) };
    await assertRejects(() => file.read(0, 10), RangeError, "changed on the server");
  }
});

Deno.test("without a cache and without ranges the whole file is held", async () => {
  const large = someBytes(5_000_000);
  await using server = new HubServer({ "a/b/model.safetensors": large }, { ranges: false });
  const file = (await openDirect(server).open("model.safetensors"))!;
  const before = server.requests.length;
  assertEquals(await file.read(4_000_000, 4_000_010), large.slice(4_000_000, 4_000_010));
  assertEquals(server.requests.length, before);
});

Deno.test("a range that breaks is read on", async () => {
  const large = someBytes(5_000_000);
  await using server = new HubServer({ "a/b/model.safetensors": large });
  const file = (await openDirect(server).open("model.safetensors"))!;
  const etag = `"v-${await sha256(large)}"`;
  server.requests.length = 0;
  server.options.fault = (_, seen) => {
    if (seen > 1) return undefined;
    const part = truncated(large.slice(0, 1_000_000), 300_000, {
      etag,
      "content-range": "bytes 0-999999/5000000",
    });
    return new Response(part.body, { status: 206, headers: part.headers });
  };
  assertEquals(await file.read(0, 1_000_000), large.slice(0, 1_000_000));
  assertEquals(server.requests.length, 2);
});

Deno.test("names that lead out of the checkpoint are refused before anything is asked", async () => {
  await using server = new HubServer(FILES);
  await assertRejects(() => openDirect(server).open("../config.json"), RangeError, "plain name");
  assertEquals(server.requests, []);
});

Deno.test("files below a URL are cached too", () =>
  withCache(async (cache) => {
    await using server = new HubServer({ "models/x/config.json": "{}" });
    const at = urlPlace(`${server.url}models/x`);
    const options = { patience: PATIENCE, store: new DiskStore(cache, at.key) };
    assertEquals(await text(await new RemoteSource(at, options).open("config.json")), "{}");
    const offline = new RemoteSource(at, { ...options, local_files_only: true });
    assertEquals(await text(await offline.open("config.json")), "{}");
    assertEquals(server.requests.length, 1);
  }));

async function names(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
}
