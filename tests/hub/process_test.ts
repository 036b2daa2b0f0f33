import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { HubServer, makeBytes, sha256, withCache } from "./hub_server.ts";

const BYTES = makeBytes(2_000_000);
const FILES = { "a/b/model.safetensors": BYTES };

/** Returns a script that prints the SHA-256 of the weights of a/b. */
const makeScript = (host: string, cache: string) => `
  import { env, openCheckpoint } from ${JSON.stringify(import.meta.resolve("../../hub/mod.ts"))};
  env.remoteHost = ${JSON.stringify(`http://${host}/`)};
  const cache_dir = ${JSON.stringify(cache)} || undefined;
  try {
    const source = await openCheckpoint("a/b", { cache_dir });
    const file = await source.open("model.safetensors");
    const bytes = await file.read(0, file.size);
    console.log(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex());
  } catch (error) {
    console.log(error.name + ": " + error.message);
    Deno.exit(1);
  }`;

function start(permissions: string[], host: string, cache = ""): Deno.ChildProcess {
  // Loading the library's own modules needs no permission.
  const args = ["run", "--quiet", "--no-prompt", "--no-lock", ...permissions, "--ext=ts", "-"];
  const process = new Deno.Command(Deno.execPath(), {
    args,
    cwd: fromFileUrl(new URL("../../", import.meta.url)),
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = process.stdin.getWriter();
  writer.write(new TextEncoder().encode(makeScript(host, cache))).then(() => writer.close());
  return process;
}

async function outputOf(process: Deno.ChildProcess): Promise<string> {
  const { stdout, stderr } = await process.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return text(stdout).trim() + text(stderr).trim();
}

function narrowPermissions(host: string, cache: string): string[] {
  return [`--allow-net=${host}`, `--allow-read=${cache}`, `--allow-write=${cache}`];
}

/** Makes a server that sends the second half of a file only after `resume()`. */
function pausingServer(): { server: HubServer; halfSent: Promise<void>; resume: () => void } {
  const half = Promise.withResolvers<void>();
  const rest = Promise.withResolvers<void>();
  const server = new HubServer(FILES);
  server.options.fault = async ({ headers }) => {
    if (headers.has("range")) return undefined;
    const etag = `"v-${await sha256(BYTES)}"`;
    const body = new ReadableStream<Uint8Array>({
      async start(controller) {
        controller.enqueue(BYTES.slice(0, 1_000_000));
        half.resolve();
        await rest.promise;
        try {
          controller.enqueue(BYTES.slice(1_000_000));
          controller.close();
        } catch {
          // The client was killed.
        }
      },
    });
    return new Response(body as BodyInit, {
      headers: { etag, "content-length": String(BYTES.length) },
    });
  };
  return { server, halfSent: half.promise, resume: rest.resolve };
}

async function contentsOf(cache: string, host: string): Promise<string[]> {
  const folder = `${cache}/${encodeURIComponent(`http:${host}`)}/a--b/contents`;
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
}

/** Waits until half of the file is on disk, and returns the length of the part. */
async function waitForPart(cache: string, host: string): Promise<number> {
  const folder = `${cache}/${encodeURIComponent(`http:${host}`)}/a--b/contents`;
  for (let attempt = 0; attempt < 800; attempt++) {
    await new Promise((resolve) => setTimeout(resolve, 25));
    for (const name of await contentsOf(cache, host).catch(() => [])) {
      const { size } = await Deno.stat(`${folder}/${name}`);
      if (size === 1_000_000) return size;
    }
  }
  throw new Error("no part was written");
}

Deno.test("a process needs permissions for the host and the cache only", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES);
    const permissions = narrowPermissions(server.host, cache);
    assertEquals(await outputOf(start(permissions, server.host, cache)), await sha256(BYTES));
  }));

Deno.test("folders above the cache are made, though only the cache may be written", () =>
  withCache(async (folder) => {
    await using server = new HubServer(FILES);
    const cache = `${folder}/home/.cache/lsg`;
    const permissions = narrowPermissions(server.host, cache);
    assertEquals(await outputOf(start(permissions, server.host, cache)), await sha256(BYTES));
    assertEquals(await contentsOf(cache, server.host), [await sha256(BYTES)]);
  }));

Deno.test("a refused permission is an error that names the flag", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES);
    const { host } = server;
    const [net, read, write] = narrowPermissions(host, cache);
    const cases: [string[], string, string][] = [
      [
        [read, write],
        cache,
        `NotCapable: Cannot fetch a/b/model.safetensors from ${host}: run ` +
        `again with --allow-net=${host}`,
      ],
      [
        [net],
        cache,
        `NotCapable: Cannot use the cache ${cache}: run again with ` +
        `--allow-read=${cache} --allow-write=${cache}`,
      ],
      [[net, read], cache, `--allow-write=${cache}`],
      [[net], "", "--allow-env=HOME"],
    ];
    for (const [permissions, folder, message] of cases) {
      assertStringIncludes(await outputOf(start(permissions, host, folder)), message);
    }
  }));

Deno.test("an up-to-date cache may be read-only", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES, { commit: "abc" });
    const [net, read, write] = narrowPermissions(server.host, cache);
    await outputOf(start([net, read, write], server.host, cache));
    const output = await outputOf(start([net, read], server.host, cache));
    assertEquals(output, await sha256(BYTES));
  }));

Deno.test("the error names the host that the hub redirects to", () =>
  withCache(async (cache) => {
    await using cdn = new HubServer({ [await sha256(BYTES)]: BYTES });
    await using server = new HubServer(FILES, { commit: "abc", cdn });
    const process = start(narrowPermissions(server.host, cache), server.host, cache);
    assertStringIncludes(await outputOf(process), `run again with --allow-net=${cdn.host}`);
  }));

Deno.test("a folder that may not be searched is mentioned if the hub has no such repository", () =>
  withCache(async (cache) => {
    await using server = new HubServer({}, { fault: () => new Response("", { status: 401 }) });
    const output = await outputOf(start(narrowPermissions(server.host, cache), server.host, cache));
    assertStringIncludes(output, "status 401");
    assertStringIncludes(output, "--allow-read=a/b");
  }));

Deno.test("a killed download is resumed by the next process", () =>
  withCache(async (cache) => {
    const { server, halfSent, resume } = pausingServer();
    await using _ = server;
    const { host } = server;
    const killed = start(narrowPermissions(host, cache), host, cache);
    await halfSent;
    const size = await waitForPart(cache, host);
    killed.kill("SIGKILL");
    await killed.output();
    resume();
    assertEquals(
      await outputOf(start(narrowPermissions(host, cache), host, cache)),
      await sha256(BYTES),
    );
    assertEquals(server.requests.at(-1)!.range, `bytes=${size}-`);
    assertEquals(await contentsOf(cache, host), [await sha256(BYTES)]);
  }));

Deno.test("two processes share a cache while both download", () =>
  withCache(async (cache) => {
    const { server, halfSent, resume } = pausingServer();
    await using _ = server;
    const { host } = server;
    const first = start(narrowPermissions(host, cache), host, cache);
    await halfSent;
    const size = await waitForPart(cache, host);
    // The second resumes the part of the first, and finishes before it.
    assertEquals(
      await outputOf(start(narrowPermissions(host, cache), host, cache)),
      await sha256(BYTES),
    );
    assertEquals(server.requests.at(-1)!.range, `bytes=${size}-`);
    resume();
    assertEquals(await outputOf(first), await sha256(BYTES));
    assertEquals(await contentsOf(cache, host), [await sha256(BYTES)]);
  }));

Deno.test("several processes download a file at the same time", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES);
    const { host } = server;
    const processes = Array.from({ length: 4 }, () =>
      start(narrowPermissions(host, cache), host, cache));
    const outputs = await Promise.all(processes.map(outputOf));
    assertEquals(outputs, Array(4).fill(await sha256(BYTES)));
    const contents = await contentsOf(cache, host);
    assert(contents.includes(await sha256(BYTES)));
    assertEquals(
      contents.filter((name) =>
        name.endsWith(".part")
      ),
      [],
    );
  }));
