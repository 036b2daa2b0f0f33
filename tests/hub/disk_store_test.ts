import { assertEquals, assertRejects } from "@std/assert";
import { DiskStore } from "../../hub/disk_store.ts";
import { locateRepository, locateUrl } from "../../hub/location.ts";
import { RemoteSource } from "../../hub/remote_source.ts";
import { openWeights } from "../../checkpoint/open_weights.ts";
import { stateDict } from "../checkpoint/pytorch/build_pickle.ts";
import { withEnv } from "./with_env.ts";
import { HubServer, makeBytes, readAll, sha256, withCache } from "./hub_server.ts";

const RETRY_POLICY = { attempts: 2, delay: 1, timeout: 1000 };
const BYTES = makeBytes(100_000);

/** Runs a test with a server, its cache folder, and a function that opens sources as new processes would. */
async function withStore(
  test: (context: { server: HubServer; folder: string; open: () => RemoteSource }) => Promise<void>,
): Promise<void> {
  await using server = new HubServer({ "x/model.bin": BYTES, "x/1_Pooling/config.json": "{}" });
  await withCache(async (cache) => {
    const location = locateUrl(`${server.url}x`);
    const open = () => {
      const store = new DiskStore(cache, location.key);
      return new RemoteSource(location, { retryPolicy: RETRY_POLICY, store });
    };
    await test({ server, folder: `${cache}/${location.key}`, open });
  });
}

Deno.test("a corrupt content is fetched again", () =>
  withStore(async ({ server, folder, open }) => {
    const faults = [
      (path: string) => Deno.truncate(path, 50),
      (path: string) => Deno.remove(path),
    ];
    for (const corrupt of faults) {
      await open().open("model.bin");
      await corrupt(`${folder}/contents/${await sha256(BYTES)}`);
      assertEquals(await readAll(await open().open("model.bin")), BYTES);
    }
    assertEquals(server.requests.length, 4);
  }));

Deno.test("an entry that no store wrote is ignored", () =>
  withStore(async ({ folder, open }) => {
    await open().open("model.bin");
    const hash = await sha256(BYTES);
    for (
      const entry of [
        "",
        "{",
        "[]",
        "7",
        "{}",
        JSON.stringify({ sha256: "../../../etc/passwd", size: 1 }),
        JSON.stringify({ sha256: hash, size: "100000" }),
        JSON.stringify({ sha256: hash, size: 100_000, validator: 5 }),
        JSON.stringify({ sha256: hash, size: 99_999 }),
      ]
    ) {
      await Deno.writeTextFile(`${folder}/files/main/model.bin`, entry);
      assertEquals(await readAll(await open().open("model.bin")), BYTES, entry);
    }
  }));

Deno.test("a commit that no store wrote is ignored", () =>
  withCache(async (cache) => {
    const store = new DiskStore(cache, "host/a--b");
    assertEquals(await store.readCommit("main"), undefined);
    await store.writeCommit("refs/pr/1", "c0ffee");
    assertEquals(await store.readCommit("refs/pr/1"), "c0ffee");
    await Deno.writeTextFile(`${cache}/host/a--b/commits/main`, "../..");
    assertEquals(await store.readCommit("main"), undefined);
  }));

Deno.test("a file in a subfolder is cached with the others", () =>
  withStore(async ({ open, folder }) => {
    assertEquals((await open().open("1_Pooling/config.json"))?.size, 2);
    assertEquals(await open().open("1_Pooling/other.json"), undefined);
    const names = (await Array.fromAsync(Deno.readDir(`${folder}/files/main`)))
      .map(({ name }) => name).sort();
    assertEquals(names, ["1_Pooling%2Fconfig.json", "1_Pooling%2Fother.json"]);
    await assertRejects(() => open().open("1_Pooling/../../x"), RangeError, "plain name");
  }));

Deno.test("several stores in one process download a file at the same time", () =>
  withStore(async ({ open, folder }) => {
    const files = await Promise.all(Array.from({ length: 8 }, () => open().open("model.bin")));
    for (const file of files) assertEquals(await readAll(file), BYTES);
    const names = (await Array.fromAsync(Deno.readDir(`${folder}/contents`)))
      .map(({ name }) => name);
    assertEquals(names, [await sha256(BYTES)]);
  }));

Deno.test("weights of pytorch_model.bin are cached, and read from the cache", async () => {
  const data = new Float32Array([1, 2, 3]);
  const pickled = stateDict([{ name: "bias", dims: [3], data }]);
  const commit = "a".repeat(40);
  await using server = new HubServer(
    { "x/y/config.json": "{}", "x/y/pytorch_model.bin": pickled },
    { commit },
  );
  await withCache(async (cache) => {
    const location = withEnv({ remoteHost: server.url }, () => locateRepository("x/y", "main"));
    for (let process = 0; process < 2; process++) {
      const store = new DiskStore(cache, location.key);
      const source = new RemoteSource(location, { retryPolicy: RETRY_POLICY, store });
      // Its response tells the commit.
      await source.open("config.json");
      assertEquals(await (await openWeights(source)).load("bias"), data);
    }
  });
  const fetched = server.requests.filter(({ path }) => path.endsWith("pytorch_model.bin"));
  assertEquals(fetched.length, 1);
});
