import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { HubServer, sha256, someBytes, withCache } from "./hub_server.ts";

const BYTES = someBytes(2_000_000);
const FILES = { "a/b/model.safetensors": BYTES };

/** Prints the SHA-256 of a/b's weights as another process gets them. */
const script = (host: string, cache: string) => `
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
  // The modules of the library themselves need no permission.
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
  writer.write(new TextEncoder().encode(script(host, cache))).then(() => writer.close());
  return process;
}

async function outputOf(process: Deno.ChildProcess): Promise<string> {
  const { stdout, stderr } = await process.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return text(stdout).trim() + text(stderr).trim();
}

function narrow(host: string, cache: string): string[] {
  return [`--allow-net=${host}`, `--allow-read=${cache}`, `--allow-write=${cache}`];
}

/** A server that sends the second half of a file when it is told to. */
function halting(): { server: HubServer; halfSent: Promise<void>; goOn: () => void } {
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
  return { server, halfSent: half.promise, goOn: rest.resolve };
}

async function contentsOf(cache: string, host: string): Promise<string[]> {
  const folder = `${cache}/${encodeURIComponent(`http:${host}`)}/a--b/contents`;
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
}

/** Waits until a part has a length, and gives it. */
async function partLength(cache: string, host: string): Promise<number> {
  const folder = `${cache}/${encodeURIComponent(`http:${host}`)}/a--b/contents`;
  for (let tries = 0; tries < 800; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 25));
    for (const name of await contentsOf(cache, host).catch(() => [])) {
      const { size } = await Deno.stat(`${folder}/${name}`);
      if (size === 1_000_000) return size;
    }
  }
  throw new Error("no part was written");
}

Deno.test("a process needs the host and the cache, and nothing else", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES);
    const permissions = narrow(server.host, cache);
    assertEquals(await outputOf(start(permissions, server.host, cache)), await sha256(BYTES));
  }));

Deno.test("a refused permission is an error that names the flag", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES);
    const { host } = server;
    const [net, read, write] = narrow(host, cache);
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

Deno.test("a cache that is up to date need not be written", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES, { commit: "abc" });
    const [net, read, write] = narrow(server.host, cache);
    await outputOf(start([net, read, write], server.host, cache));
    const output = await outputOf(start([net, read], server.host, cache));
    assertEquals(output, await sha256(BYTES));
  }));

Deno.test("a host that the hub redirects to is named too", () =>
  withCache(async (cache) => {
    await using cdn = new HubServer({ [await sha256(BYTES)]: BYTES });
    await using server = new HubServer(FILES, { commit: "abc", cdn });
    const process = start(narrow(server.host, cache), server.host, cache);
    assertStringIncludes(await outputOf(process), `run again with --allow-net=${cdn.host}`);
  }));

Deno.test("a folder that must not be looked for is mentioned where the hub has nothing", () =>
  withCache(async (cache) => {
    await using server = new HubServer({}, { fault: () => new Response("", { status: 401 }) });
    const output = await outputOf(start(narrow(server.host, cache), server.host, cache));
    assertStringIncludes(output, "answers 401");
    assertStringIncludes(output, "--allow-read=a/b");
  }));

Deno.test("a download that was killed goes on in the next process", () =>
  withCache(async (cache) => {
    const { server, halfSent, goOn } = halting();
    await using _ = server;
    const { host } = server;
    const killed = start(narrow(host, cache), host, cache);
    await halfSent;
    const size = await partLength(cache, host);
    killed.kill("SIGKILL");
    await killed.output();
    goOn();
    assertEquals(await outputOf(start(narrow(host, cache), host, cache)), await sha256(BYTES));
    assertEquals(server.requests.at(-1)!.range, `bytes=${size}-`);
    assertEquals(await contentsOf(cache, host), [await sha256(BYTES)]);
  }));

Deno.test("two processes share a cache while both download", () =>
  withCache(async (cache) => {
    const { server, halfSent, goOn } = halting();
    await using _ = server;
    const { host } = server;
    const first = start(narrow(host, cache), host, cache);
    await halfSent;
    const size = await partLength(cache, host);
    // The second begins with what the first has got, and finishes before it.
    assertEquals(await outputOf(start(narrow(host, cache), host, cache)), await sha256(BYTES));
    assertEquals(server.requests.at(-1)!.range, `bytes=${size}-`);
    goOn();
    assertEquals(await outputOf(first), await sha256(BYTES));
    assertEquals(await contentsOf(cache, host), [await sha256(BYTES)]);
  }));

Deno.test("many processes at once all get the file", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES);
    const { host } = server;
    const processes = Array.from({ length: 4 }, () => start(narrow(host, cache), host, cache));
    const outputs = await Promise.all(processes.map(outputOf));
    assertEquals(outputs, Array(4).fill(await sha256(BYTES)));
    const contents = await contentsOf(cache, host);
    assert(contents.includes(await sha256(BYTES)));
    assertEquals(contents.filter((name) => name.endsWith(".part")), []);
  }));
