import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { CpuBackend } from "../../cpu/backend.ts";
import { pipeline, type PipelineTask } from "../../pipelines/mod.ts";
import { taskModel } from "./task_goldens.ts";
import "../helpers/quiet_reference.ts";

const WORDS = "the river ran past the old house and nobody in the village knew why ".repeat(5);
const TEXTS = [300, 4, 70, 9, 310, 150].map((length) => WORDS.slice(0, length));

/** Each task with a model and the arguments of a call before its options. */
const TASKS: [PipelineTask, string, unknown[]][] = [
  ["fill-mask", folder("conversion/roberta_512"), [TEXTS.map((text) => `<mask>${text}`)]],
  ["text-classification", taskModel("roberta_topics"), [TEXTS]],
  ["token-classification", taskModel("roberta_tags"), [TEXTS]],
  ["zero-shot-classification", taskModel("bert_nli"), [TEXTS, ["war", "the sea"]]],
  ["feature-extraction", taskModel("bert_sentences"), [TEXTS]],
  ["question-answering", taskModel("bert_answers"), ["Who?", TEXTS]],
  ["summarization", taskModel("bart"), [TEXTS.map((text) => text.slice(0, 70))]],
  ["text2text-generation", taskModel("led"), [TEXTS.map((text) => text.slice(0, 70))]],
  ["translation", taskModel("pegasus"), [TEXTS.map((text) => text.slice(0, 70))]],
];

function folder(name: string): string {
  return fromFileUrl(new URL(`../golden/${name}`, import.meta.url));
}

for (const [task, model, texts] of TASKS) {
  Deno.test(`${task} stops when its signal is aborted and releases its memory`, async () => {
    const device = new CpuBackend();
    const before = device.memory();
    {
      using loaded = await pipeline(task, model, { device });
      const held = device.memory();
      const call = loaded as unknown as (...args: unknown[]) => Promise<unknown>;
      /** Counts layers, calling `abort` after one of them. */
      const run = async (signal?: AbortSignal, abortAt?: number, abort?: () => void) => {
        let layers = 0;
        const layer_callback = () => {
          if (++layers === abortAt) abort!();
        };
        const error = await call(...texts, { signal, layer_callback }).then(() => {}, (e) => e);
        assertEquals(device.memory(), held);
        return { layers, error };
      };
      const all = await run(new AbortController().signal);
      assertEquals(all.error, undefined);
      const perBatch = loaded.model.config.num_hidden_layers;
      assert(all.layers > perBatch, "wanted several batches");

      const reason = new Error("no longer needed");
      assertEquals(await run(AbortSignal.abort(reason)), { layers: 0, error: reason });
      for (const abortAt of [1, perBatch + 1, all.layers]) {
        const controller = new AbortController();
        const stopped = await run(controller.signal, abortAt, () => controller.abort(reason));
        assertStrictEquals(stopped.error, reason);
        assertEquals(stopped.layers, abortAt);
      }
      assertEquals((await run()).layers, all.layers);
    }
    assertEquals(device.memory(), before);
  });

  Deno.test(`${task} refuses a signal that is not an AbortSignal`, async () => {
    using loaded = await pipeline(task, model, { device: "cpu" });
    const call = loaded as unknown as (...args: unknown[]) => Promise<unknown>;
    await assertRejects(() => call(...texts, { signal: true }), TypeError, "wanted an AbortSignal");
    await assertRejects(() => call(...texts, { signal: {} }), RangeError, "wanted an AbortSignal");
    const load = () => pipeline(task, model, { signal: true as unknown as AbortSignal });
    await assertRejects(load, TypeError, "wanted an AbortSignal");
  });

  Deno.test(`${task}: pipeline() stops loading when its signal is aborted`, async () => {
    const device = new CpuBackend();
    const before = device.memory();
    const reason = new Error("no longer needed");
    const load = (signal: AbortSignal) => pipeline(task, model, { device, signal });
    const error = await assertRejects(() => load(AbortSignal.abort(reason)));
    assertStrictEquals(error, reason);
    const controller = new AbortController();
    const loading = assertRejects(() => load(controller.signal));
    controller.abort(reason);
    assertStrictEquals(await loading, reason);
    assertEquals(device.memory(), before);
    using loaded = await load(new AbortController().signal);
    assert(loaded.maxLength > 0);
  });

  Deno.test(`${task}: await using and dispose() release the model, twice without effect`, async () => {
    const device = new CpuBackend();
    const before = device.memory();
    {
      await using loaded = await pipeline(task, model, { device });
      assert(device.memory().bytes > before.bytes);
      loaded.dispose();
      assertEquals(device.memory(), before);
      loaded.dispose();
    }
    assertEquals(device.memory(), before);
    const owned = await pipeline(task, model, { device: "wasm" });
    owned.dispose();
    owned.dispose();
  });
}
