import { assert, assertEquals, assertRejects } from "@std/assert";
import { fromFileUrl } from "@std/path";
import type { ProgressInfo } from "../../checkpoint/progress_source.ts";
import { AutoModel, AutoModelForMaskedLM } from "../../models/mod.ts";
import { pipeline } from "../../pipelines/mod.ts";
import { AutoTokenizer } from "../../tokenizer/mod.ts";
import { HubServer, readFolder, withCache } from "./hub_server.ts";
import { withEnv } from "./with_env.ts";
import "../helpers/quiet_reference.ts";

const golden = (path: string) => fromFileUrl(new URL(`../golden/${path}`, import.meta.url));
const VANILLA = golden("conversion/roberta_512");
const SHARDED = golden("models/lsg_stride_sharded");

/** Runs a test with a local hub server and an empty cache. */
async function withHub(test: (server: HubServer, cache_dir: string) => Promise<void>) {
  const files = {
    ...await readFolder("owner/roberta", VANILLA),
    ...await readFolder("sharded", SHARDED),
    "owner/nothing/README.md": "",
  };
  await using server = new HubServer(files, { commit: "c0ffee" });
  await withCache((cache) => withEnv({ remoteHost: server.url }, () => test(server, cache)));
}

Deno.test("a pipeline from the hub gives the results of one from a folder, also offline", () =>
  withHub(async (server, cache_dir) => {
    const text = "the <mask> ran";
    const local = await pipeline("fill-mask", VANILLA, { device: "cpu" });
    const wanted = await local(text);
    local.dispose();
    const reported: ProgressInfo[] = [];
    const progress_callback = (info: ProgressInfo) => reported.push(info);
    for (const local_files_only of [false, true]) {
      const options = { device: "cpu", cache_dir, local_files_only, progress_callback } as const;
      const remote = await pipeline("fill-mask", "owner/roberta", options);
      assertEquals(await remote(text), wanted);
      remote.dispose();
      assertEquals(reported.pop(), { status: "ready", task: "fill-mask", model: "owner/roberta" });
    }
    // Each file is requested once; the weights for their size, too.
    const paths = server.requests.map(({ path }) => path.replace(/.*\//, ""));
    assertEquals(paths.sort(), [...new Set(paths), "model.safetensors"].sort());
    const done = reported.flatMap((info) => info.status === "done" ? [info.file] : []);
    assert(done.includes("model.safetensors") && done.includes("tokenizer.json"), done.join());
  }));

Deno.test("progress_total counts the weights from the beginning, and ends at 100", () =>
  withHub(async (_, cache_dir) => {
    const weights = (await Deno.stat(`${VANILLA}/model.safetensors`)).size;
    for (const local_files_only of [false, true]) {
      const reported: ProgressInfo[] = [];
      const progress_callback = (info: ProgressInfo) => reported.push(info);
      const options = { device: "cpu", cache_dir, local_files_only, progress_callback } as const;
      (await pipeline("fill-mask", "owner/roberta", options)).dispose();
      const totals = reported.flatMap((info) => info.status === "progress_total" ? [info] : []);
      const [first] = totals;
      // The keys of transformers.js 4.3.2.
      const keys = ["status", "name", "loaded", "total", "progress", "files"];
      assertEquals(Object.keys(first).sort(), keys.sort());
      assertEquals(first.name, "owner/roberta");
      assertEquals(first.files["model.safetensors"], { loaded: 0, total: weights });
      assert(first.total > weights && first.progress < 50, JSON.stringify(first));
      const last = totals.at(-1)!;
      const read = Object.values(last.files).reduce((sum, { loaded }) => sum + loaded, 0);
      assertEquals([last.loaded, last.total, last.progress], [read, read, 100]);
      for (const file of ["tokenizer.json", "model.safetensors"]) assert(file in first.files);
      const loaded = totals.map((info) => info.loaded);
      assertEquals(loaded, loaded.toSorted((a, b) => a - b));
      // Each file that there is begins and ends, as bars of a page do.
      const files = (status: string) =>
        reported.flatMap((info) => info.status === status && "file" in info ? [info.file] : []);
      assertEquals(files("done").sort(), files("initiate").sort());
      assertEquals(new Set(files("initiate")).size, Object.keys(last.files).length);
      for (const [i, info] of reported.entries()) {
        if (info.status === "progress") assertEquals(reported[i - 1].status, "progress_total");
      }
    }
  }));

Deno.test("weights that a model leaves out end with done, too", async () => {
  const reported: ProgressInfo[] = [];
  const progress_callback = (info: ProgressInfo) => reported.push(info);
  // The head is not read.
  (await AutoModel.from_pretrained(VANILLA, { device: "cpu", progress_callback })).dispose();
  const done = reported.flatMap((info) => info.status === "done" ? [info.file] : []);
  assertEquals(done.filter((file) => file === "model.safetensors").length, 1);
  const totals = reported.flatMap((info) => info.status === "progress_total" ? [info] : []);
  assertEquals(totals.at(-1)!.progress, 100);
  assert(totals.at(-2)!.progress < 100);
});

Deno.test("progress_total of a tokenizer is of its files alone", () =>
  withHub(async (_, cache_dir) => {
    for (const name of ["owner/roberta", VANILLA]) {
      const reported: ProgressInfo[] = [];
      const progress_callback = (info: ProgressInfo) => reported.push(info);
      await AutoTokenizer.from_pretrained(name, { cache_dir, progress_callback });
      const totals = reported.flatMap((info) => info.status === "progress_total" ? [info] : []);
      const { progress, files } = totals.at(-1)!;
      assertEquals(progress, 100);
      assert("tokenizer.json" in files && !("model.safetensors" in files));
    }
  }));

Deno.test("progress_total of a folder counts the weights, and a server without sizes is no error", () =>
  withHub(async (server, cache_dir) => {
    const load = async (name: string) => {
      const reported: ProgressInfo[] = [];
      const progress_callback = (info: ProgressInfo) => reported.push(info);
      const options = { device: "cpu", cache_dir, progress_callback } as const;
      (await AutoModelForMaskedLM.from_pretrained(name, options)).dispose();
      const first = reported.find(({ status }) => status === "progress_total")!;
      return "files" in first ? first.files : {};
    };
    assert("model.safetensors" in await load(VANILLA));
    let asked = 0;
    server.options.fault = (request) =>
      // The first request for the weights is the one for their size.
      request.url.endsWith("model.safetensors") && asked++ === 0
        ? new Response(null, { status: 500 })
        : undefined;
    assert(!("model.safetensors" in await load("owner/roberta")));
    assert(asked > 1);
  }));

Deno.test("shards load from the hub, with and without a cache", () =>
  withHub(async (server, cache_dir) => {
    const input = { input_ids: [[0, 5, 6, 7, 2]] };
    const outputs: Float32Array[] = [];
    const run = async (name: string) => {
      const model = await AutoModel.from_pretrained(name, { device: "cpu", cache_dir });
      outputs.push(await (await model(input)).last_hidden_state.getData());
      model.dispose();
    };
    await run(SHARDED);
    await run("sharded");
    await withEnv({ useFSCache: false }, () => run(`${server.url}sharded`));
    assertEquals(outputs[1], outputs[0]);
    assertEquals(outputs[2], outputs[0]);
  }));

Deno.test("a model from the hub is converted like one from a folder", () =>
  withHub(async (_, cache_dir) => {
    const lsg = { max_sequence_length: 1024 };
    const options = { cache_dir, lsg, device: "cpu" } as const;
    const model = await AutoModelForMaskedLM.from_pretrained("owner/roberta", options);
    assertEquals(model.maxLength, 1024);
    model.dispose();
  }));

Deno.test("a tokenizer loads from the hub without the weights", () =>
  withHub(async (server, cache_dir) => {
    const tokenizer = await AutoTokenizer.from_pretrained("owner/roberta", { cache_dir });
    assertEquals(tokenizer.mask_token, "<mask>");
    assert(server.requests.every(({ path }) => !path.endsWith(".safetensors")));
    const options = { cache_dir, device: "cpu" } as Record<string, string>;
    const unknown = () => AutoTokenizer.from_pretrained("owner/roberta", options);
    await assertRejects(unknown, TypeError, "with device: wanted revision,");
  }));

Deno.test("a repository that is not a checkpoint is an error", () =>
  withHub(async (_, cache_dir) => {
    const load = () => AutoModel.from_pretrained("owner/nothing", { cache_dir });
    await assertRejects(load, RangeError, "owner/nothing is not a checkpoint");
    const tokenizer = () => AutoTokenizer.from_pretrained("owner/nothing", { cache_dir });
    await assertRejects(tokenizer, RangeError, "it has no tokenizer.json");
  }));

Deno.test("options of the wrong type are errors before any request", () =>
  withHub(async (server) => {
    const options = { token: 5, local_files_only: "yes" } as Record<string, unknown>;
    const load = () => AutoModel.from_pretrained("owner/roberta", options);
    await assertRejects(load, TypeError, 'local_files_only "yes": wanted true or false');
    assertEquals(server.requests, []);
  }));
