import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { openCheckpoint } from "../../hub/open_checkpoint.ts";
import { warningsOf } from "../helpers/warnings_of.ts";
import { HubServer, readAll, sha256, withCache } from "./hub_server.ts";
import { BYTES, COMMIT, FILES, listNames, locate, open, readText } from "./remote.ts";
import { withEnv } from "./with_env.ts";

/** Asserts that all files load without a cache, after one warning that says why and what to do. */
async function assertLoadsWithWarning(
  server: HubServer,
  cache: string,
  ...reasons: string[]
): Promise<void> {
  const source = open(server, cache);
  const warnings = await warningsOf(async () => {
    assertEquals(await readText(await source.open("config.json")), '{"x": 1}');
    assertEquals(await readAll(await source.open("model.safetensors")), BYTES);
    assertEquals(await source.open("vocab.txt"), undefined);
  });
  assertEquals(warnings.length, 1, warnings.join());
  const advice = ["cache_dir", "env.cacheDir", "env.useFSCache"];
  for (const part of [...reasons, cache.slice(0, 150), ...advice]) {
    assertStringIncludes(warnings[0], part);
  }
}

Deno.test("a cache whose folder cannot be made is left out, with a warning", () =>
  withCache(async (folder) => {
    await using server = new HubServer(FILES, { commit: COMMIT });
    await Deno.writeTextFile(`${folder}/file`, "");
    await Deno.symlink(`${folder}/loop`, `${folder}/loop`);
    const long = "x".repeat(300);
    for (const name of ["file", "file/cache", "loop", long]) {
      await assertLoadsWithWarning(server, `${folder}/${name}`, "the cache");
    }
  }));

/** Makes the partial file of a coming download a link to a device that is always full. */
async function withFullDisk(contents: string, name: string, body: () => Promise<void>) {
  const { randomUUID } = crypto;
  const id = "11111111-1111-4111-8111-111111111111";
  crypto.randomUUID = () => id;
  try {
    await Deno.mkdir(contents, { recursive: true });
    await Deno.symlink("/dev/full", `${contents}/${name}-.${id}.part`);
    await body();
  } finally {
    crypto.randomUUID = randomUUID;
  }
}

Deno.test({
  name: "a full disk is named with what was being written, and left as it was",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    withCache(async (cache) => {
      // Without ETags the names of partial files are known beforehand.
      await using server = new HubServer(FILES, { etags: false });
      const contents = `${cache}/${locate(server).key}/contents`;
      await withFullDisk(contents, "model.safetensors", () =>
        assertLoadsWithWarning(
          server,
          cache,
          "Cannot write a/b/model.safetensors to the cache",
          "pace left on device",
        ));
      const config = new TextEncoder().encode(FILES["a/b/config.json"]);
      assertEquals(await listNames(contents), [await sha256(config)]);
    }),
});

Deno.test("a cache that cannot be written any more is still read", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES, { commit: COMMIT });
    await open(server, cache).open("config.json");
    // Nothing can be written below a file.
    const folder = `${cache}/${locate(server).key}`;
    await Deno.rename(`${folder}/contents`, `${folder}/kept`);
    await Deno.writeTextFile(`${folder}/contents`, "");
    await assertLoadsWithWarning(server, cache, "the cache");
    await Deno.remove(`${folder}/contents`);
    await Deno.rename(`${folder}/kept`, `${folder}/contents`);

    await Deno.rename(`${folder}/commits`, `${folder}/kept`);
    await Deno.writeTextFile(`${folder}/commits`, "");
    server.requests.length = 0;
    const warnings = await warningsOf(async () => {
      const source = open(server, cache);
      await source.open("model.safetensors");
      await source.open("config.json");
    });
    assertEquals(warnings.length, 1);
    // The first is requested, the second is in the cache.
    assertEquals(server.requests.map(({ path }) => path.split("/").at(-1)), ["model.safetensors"]);
  }));

Deno.test("a cache with folders in place of files is left out, with a warning", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES, { commit: COMMIT });
    const folder = `${cache}/${locate(server).key}`;
    const planted = [`files/${COMMIT}/config.json`, "commits/main"];
    for (const path of planted) {
      await Deno.mkdir(`${folder}/${path}`, { recursive: true });
      await assertLoadsWithWarning(server, cache, "directory");
      await Deno.remove(folder, { recursive: true });
    }
    await open(server, cache).open("model.safetensors");
    const content = `${folder}/contents/${await sha256(BYTES)}`;
    await Deno.remove(content);
    await Deno.mkdir(content);
    await assertLoadsWithWarning(server, cache, "Cannot read the cache");
  }));

Deno.test("without a home folder files are not cached, which a warning says", async () => {
  await using server = new HubServer(FILES, { commit: COMMIT });
  const names = ["HOME", "USERPROFILE"];
  const kept = names.map((name) => Deno.env.get(name));
  names.forEach((name) => Deno.env.delete(name));
  try {
    await withEnv({ remoteHost: server.url }, async () => {
      const warnings = await warningsOf(async () => {
        const source = await openCheckpoint("a/b");
        assertEquals(await readText(await source.open("config.json")), '{"x": 1}');
      });
      assertEquals(warnings.length, 1);
      const advice = ["HOME", "cache_dir", "env.cacheDir", "env.useFSCache", "--allow-env=HOME"];
      for (const part of advice) assertStringIncludes(warnings[0], part);
      const offline = () => openCheckpoint("a/b", { local_files_only: true });
      await assertRejects(offline, RangeError, "HOME is not set");
    });
  } finally {
    names.forEach((name, i) => kept[i] !== undefined && Deno.env.set(name, kept[i]));
  }
});

Deno.test("what the server does wrong is not blamed on the cache", () =>
  withCache(async (cache) => {
    await using server = new HubServer(FILES, { commit: COMMIT });
    server.options.fault = () => new Response("", { status: 400 });
    const warnings = await warningsOf(async () => {
      await assertRejects(() => open(server, cache).open("config.json"), RangeError, "status 400");
    });
    assertEquals(warnings, []);
    assert((await listNames(cache)).length === 0);
  }));

Deno.test("a cache folder with a long name is named in a few hundred characters", () =>
  withCache(async (folder) => {
    await using server = new HubServer(FILES, { commit: COMMIT });
    const source = open(server, `${folder}/${"a/".repeat(3000)}`);
    const warnings = await warningsOf(async () => {
      assertEquals(await readText(await source.open("config.json")), '{"x": 1}');
    });
    assertEquals(warnings.length, 1);
    assert(warnings[0].length < 900, `${warnings[0].length} characters`);
  }));
