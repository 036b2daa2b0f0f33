import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { parquetReadObjects } from "hyparquet";
import { InputChangedError, ParametersError, planBatch } from "../../batch/mod.ts";
import { loadPlannedModel } from "../../batch/load_model.ts";
import { readPlan } from "../../batch/plan_files.ts";
import { runShard } from "../../batch/run_shard.ts";
import { HostedModel } from "../../hosting/mod.ts";
import { pipeline } from "../../mod.ts";
import { withFolder } from "../helpers/with_folder.ts";
import {
  embedInto,
  goldenModel,
  jsonLines,
  ONE_THREAD,
  readJsonLines,
  SENTENCES,
  withShard as withShardOf,
} from "./batches.ts";

const shared = await HostedModel.load({
  checkpoint: SENTENCES,
  task: "feature-extraction",
  batchTokens: 8192,
  options: ONE_THREAD,
});

const withShard = (
  rows: Parameters<typeof withShardOf>[0],
  more: Parameters<typeof withShardOf>[1],
  test: Parameters<typeof withShardOf>[2],
) => withShardOf(rows, more, test, shared);

async function namesIn(folder: string): Promise<string[]> {
  const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  return names.sort();
}

Deno.test("results are those of the pipeline; a document that fails does not fail the others", () =>
  withShard(
    [
      ...["the sea", "a letter about the war", "the sea and the war"].map((text) => ({ text })),
      { text: "the sea ".repeat(400) },
      { text: 3 },
      { text: "a river" },
    ],
    {},
    async ({ out, part, plan, shard, model }) => {
      const seen: number[] = [];
      const report = await runShard(out, plan, shard, model, {
        worker: "here",
        onProgress: ({ documents }) => seen.push(documents),
      });
      const { documents, failed, worker, id } = report;
      assertEquals([documents, failed, worker, id], [6, 2, "here", shard.id]);
      assertEquals(seen, [1, 2, 3, 4, 5, 6]);
      const rows = await readJsonLines(`${part}/result.jsonl`);
      const name = plan.inputs[0].name;
      assertEquals(rows.map(({ id }) => id), [1, 2, 3, 6].map((line) => `${name}:${line}`));
      using extractor = await pipeline("feature-extraction", SENTENCES, ONE_THREAD);
      for (const [row, text] of [[0, "the sea"], [3, "a river"]] as const) {
        const [wanted] = (await extractor([text])).tolist() as number[][];
        rows[row].embedding.forEach((value: number, i: number) =>
          assertAlmostEquals(value, wanted[i], 1e-6)
        );
      }
      const errors = await readJsonLines(`${part}/errors.jsonl`);
      assertEquals(errors.map(({ id }) => id), [4, 5].map((line) => `${name}:${line}`));
      assert(/^Cannot run it: it has \d+ tokens, at most \d+ fit/.test(errors[0].error.message));
      assertEquals(errors[1].error.type, "TypeError");
      assertEquals(await namesIn(part), ["done.json", "errors.jsonl", "result.jsonl"]);
      assertEquals(await namesIn(`${out}/writing`), []);
      // Again: nothing is done, and nothing changes.
      assertEquals(await runShard(out, plan, shard, model, { worker: "there" }), report);
    },
  ));

Deno.test("embeddings as .npy with ids, and as Parquet", async () => {
  const rows = ["the sea", "a river", "the war"].map((text, i) => ({ text, id: `é${i}` }));
  rows.push({ text: "the sea ".repeat(400), id: "long" });
  const vectors: number[][][] = [];
  for (const result of ["jsonl", "npy", "parquet"] as const) {
    await withShard(rows, { id_field: "id", result }, async ({ out, part, plan, shard, model }) => {
      const { failed } = await runShard(out, plan, shard, model);
      assertEquals(failed, 1);
      assertEquals((await readJsonLines(`${part}/errors.jsonl`))[0].id, "long");
      const width = model.info.width!;
      if (result === "jsonl") {
        const lines = await readJsonLines(`${part}/result.jsonl`);
        vectors.push(lines.map(({ embedding }) => embedding));
      } else if (result === "npy") {
        const bytes = await Deno.readFile(`${part}/result.npy`);
        const header = new TextDecoder("latin1").decode(bytes.subarray(0, 128));
        assert(header.includes(`'descr': '<f4'`) && header.includes(`(3, ${width})`), header);
        const values = [...new Float32Array(bytes.buffer, 128)];
        vectors.push([0, 1, 2].map((i) => values.slice(i * width, (i + 1) * width)));
        const ids = await readJsonLines(`${part}/result.ids.jsonl`);
        assertEquals(ids.map(({ id }) => id), ["é0", "é1", "é2"]);
      } else {
        const file = (await Deno.readFile(`${part}/result.parquet`)).buffer;
        const found = await parquetReadObjects({ file });
        assertEquals(found.map(({ id, tokens }) => [id, tokens > 2]), [
          ["é0", true],
          ["é1", true],
          ["é2", true],
        ]);
        vectors.push(found.map(({ embedding }) => embedding));
      }
    });
  }
  const round = (all: number[][]) => all.map((row) => row.map((value) => value.toPrecision(5)));
  assertEquals(round(vectors[1]), round(vectors[0]));
  assertEquals(vectors[2], vectors[1]);
});

Deno.test("an input that has changed fails the shard, and leaves nothing", () =>
  withShard(
    [{ text: "the sea" }, { text: "a river" }],
    {},
    async ({ folder, out, plan, shard, model }) => {
      const other = jsonLines([{ text: "the sea" }, { text: "a rover" }]);
      await Deno.writeTextFile(`${folder}/rows.jsonl`, other);
      await assertRejects(
        () => runShard(out, plan, shard, model),
        InputChangedError,
        "plan it again",
      );
      assertEquals(await namesIn(out), ["plan"]);
    },
  ));

Deno.test("a signal stops a shard, and leaves nothing", () =>
  withShard(
    Array.from({ length: 50 }, () => ({ text: "the sea ".repeat(20) })),
    {},
    async ({ out, plan, shard, model }) => {
      const controller = new AbortController();
      const reason = new Error("enough");
      const onProgress = () => controller.abort(reason);
      const { signal } = controller;
      const run = runShard(out, plan, shard, model, { signal, onProgress });
      assertEquals(await run.catch((error) => error), reason);
      assertEquals(await namesIn(out), ["plan"]);
      assert(signal.aborted);
      // The model goes on to serve others.
      assertEquals((await runShard(out, plan, shard, model)).documents, 50);
    },
  ));

Deno.test("a signal stops the loading of a model", () =>
  withShard([{ text: "the sea" }], {}, async ({ plan }) => {
    const hub = Deno.listen({ port: 0 });
    const checkpoint = `http://127.0.0.1:${hub.addr.port}/model`;
    const controller = new AbortController();
    const reason = new Error("enough");
    const loading = loadPlannedModel({ ...plan, model: { ...plan.model, checkpoint } }, {
      ...ONE_THREAD,
      signal: controller.signal,
    }).catch((error) => error);
    const connection = await hub.accept();
    controller.abort(reason);
    assertEquals(await loading, reason);
    await connection.readable.pipeTo(new WritableStream()).catch(() => {});
    hub.close();
    const { signal } = controller;
    const folder = loadPlannedModel(plan, { ...ONE_THREAD, signal });
    assertEquals(await folder.catch((error) => error), reason);
  }));

Deno.test("a model that has changed is refused", () =>
  withFolder(async (folder) => {
    const checkpoint = `${folder}/model`;
    await Deno.mkdir(checkpoint);
    for await (const { name, isFile } of Deno.readDir(SENTENCES)) {
      if (isFile) await Deno.copyFile(`${SENTENCES}/${name}`, `${checkpoint}/${name}`);
    }
    await Deno.writeTextFile(`${folder}/a.txt`, "the sea");
    await planBatch([`${folder}/a.txt`], embedInto(`${folder}/out`, { checkpoint }));
    const plan = await readPlan(`${folder}/out`);
    const config = JSON.parse(await Deno.readTextFile(`${checkpoint}/config.json`));
    const other = JSON.stringify({ ...config, layer_norm_eps: 0.5 });
    await Deno.writeTextFile(`${checkpoint}/config.json`, other);
    await assertRejects(
      () => loadPlannedModel(plan, ONE_THREAD),
      InputChangedError,
      "have changed",
    );
  }));

Deno.test("parameters that no document can be done with fail the shard, and no document", async () => {
  for (
    const [parameters, message] of [
      [{ normalise: true }, "with normalise"],
      [{ pooling: "middle" }, 'pooling "middle"'],
    ] as const
  ) {
    await withShard(
      [{ text: 3 }, { text: "the sea" }, { text: "a river" }],
      { parameters },
      async ({ out, plan, shard, model }) => {
        await assertRejects(() => runShard(out, plan, shard, model), ParametersError, message);
        assertEquals(await namesIn(out), ["plan"]);
      },
    );
  }
});

Deno.test("masked texts: a misspelt parameter fails the shard, a text without a mask itself", async () => {
  const rows = [{ text: "the sea" }, { text: "the [MASK] sea" }];
  const settings = { checkpoint: goldenModel("modernbert"), task: "fill-mask" } as const;
  await withShardOf(rows, { ...settings, parameters: { top_k: 1 } }, async (given) => {
    const { out, plan, shard, model } = given;
    const { documents, failed } = await runShard(out, plan, shard, model);
    assertEquals([documents, failed], [2, 1]);
    const wrong = { ...plan, parameters: { top_kk: 1 } };
    await Deno.remove(`${out}/parts`, { recursive: true });
    await assertRejects(() => runShard(out, wrong, shard, model), ParametersError, "top_kk");
  });
});

Deno.test("the thread's end fails the shard", () =>
  withShard([{ text: "the sea" }], {}, async ({ out, plan, shard, model }) => {
    await model.terminate();
    await assertRejects(() => runShard(out, plan, shard, model), Error, "was ended");
    assertEquals(await namesIn(out), ["plan"]);
  }));
