import { assert, assertEquals, assertRejects } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { FolderSource } from "../../checkpoint/folder_source.ts";
import { MemorySource } from "../../checkpoint/memory_source.ts";
import { readText } from "../../checkpoint/source.ts";
import { CpuBackend } from "../../cpu/backend.ts";
import { pipeline, type PipelineTask } from "../../pipelines/mod.ts";

const MODEL = fromFileUrl(new URL("../golden/conversion/roberta_512", import.meta.url));

/** The golden model's files in memory, some of them replaced. */
async function memorySource(changes: Record<string, string> = {}): Promise<MemorySource> {
  const source = new FolderSource(MODEL);
  const weights = (await source.open("model.safetensors"))!;
  const files: Record<string, string | Uint8Array> = {
    "model.safetensors": await weights.read(0, weights.size),
  };
  for (const name of ["config.json", "tokenizer.json", "tokenizer_config.json"]) {
    files[name] = (await readText(source, name))!;
  }
  return new MemorySource({ ...files, ...changes });
}

Deno.test("pipeline() loads from a folder and from memory alike", async () => {
  const fromFolder = await pipeline("fill-mask", MODEL);
  const fromMemory = await pipeline("fill-mask", await memorySource());
  assertEquals(await fromFolder("the <mask>"), await fromMemory("the <mask>"));
  fromFolder.dispose();
  fromMemory.dispose();
});

Deno.test("pipeline() refuses an unknown task", async () => {
  for (const task of ["translate", "toString", "__proto__", undefined]) {
    const error = await assertRejects(() => pipeline(task as PipelineTask, MODEL), RangeError);
    assert(error.message.includes('"fill-mask"'), error.message);
  }
});

Deno.test("pipeline() answers tasks and calls of transformers.js that are not here", async () => {
  const load = (task: string) => pipeline(task as PipelineTask, MODEL);
  for (const task of ["image-classification", "automatic-speech-recognition"]) {
    await assertRejects(() => load(task), RangeError, "pictures and sound are not here");
  }
  await assertRejects(() => load("translation_en_to_fr"), RangeError, "src_lang and tgt_lang");
  for (const absent of [undefined, null]) {
    await assertRejects(
      () => pipeline("fill-mask", absent as unknown as string),
      TypeError,
      'Cannot load a pipeline for "fill-mask" without a model: wanted a name on the hub',
    );
  }
  const options: [string, unknown, string][] = [
    ["dtype", "q4", '"q8" is the smallest'],
    ["dtype", { model: "fp16" }, 'wanted one of "fp32", "fp16", "q8"'],
    ["device", "cuda", '"webgpu" runs on graphics cards of all makers'],
    ["session_options", {}, "there is no ONNX runtime"],
  ];
  for (const [name, value, says] of options) {
    await assertRejects(() => pipeline("fill-mask", MODEL, { [name]: value }), Error, says);
  }
});

Deno.test("pipeline() refuses an unknown option", async () => {
  const options = { devise: "cpu" } as Record<string, string>;
  await assertRejects(() => pipeline("fill-mask", MODEL, options), TypeError, "devise");
});

Deno.test("pipeline() refuses options that are no object, and a callback that is no function", async () => {
  for (const options of ["cpu", 5, { progress_callback: 5 }]) {
    const load = () => pipeline("fill-mask", "no/such/folder", options as never);
    await assertRejects(load, TypeError, "Cannot load a pipeline with ");
  }
  const none = () => pipeline("fill-mask", "no/such/folder", null as never);
  await assertRejects(none, RangeError, "no/such/folder");
});

Deno.test("a progress_callback that throws at the end leaves nothing on a shared backend", async () => {
  const device = new CpuBackend();
  const load = (wrong: string) =>
    pipeline("fill-mask", MODEL, {
      device,
      progress_callback: ({ status }) => {
        if (status === wrong) throw new Error("enough");
      },
    });
  for (const status of ["done", "ready"]) {
    await assertRejects(() => load(status), Error, "enough");
    assertEquals(device.memory(), { tensors: 0, bytes: 0 });
  }
});

Deno.test("ready names the task by its main name, as in transformers.js", async () => {
  const nli = new URL("../golden/pipelines/bert_nli/", import.meta.url);
  const reported: unknown[] = [];
  const options = {
    device: "wasm",
    progress_callback: (info: { status: string; task?: string }) => reported.push(info.task),
  } as const;
  using _classifier = await pipeline("sentiment-analysis", nli, options);
  assertEquals(reported.at(-1), "text-classification");
  using _unmasker = await pipeline("fill-mask", MODEL, options);
  assertEquals(reported.at(-1), "fill-mask");
});

Deno.test("signal and progress_callback are for the loading, not for a later saving", async () => {
  const controller = new AbortController();
  let calls = 0;
  using unmasker = await pipeline("fill-mask", MODEL, {
    device: "wasm",
    signal: controller.signal,
    progress_callback: () => calls++,
  });
  controller.abort();
  calls = 0;
  assert(Object.hasOwn(await unmasker.model.to_files(), "config.json"));
  assertEquals(calls, 0);
});

Deno.test("pipeline() refuses a folder without a checkpoint", async () => {
  await assertRejects(() => pipeline("fill-mask", "no/such/folder"), RangeError, "no/such/folder");
});

Deno.test("pipeline() refuses a tokenizer without a mask token and disposes of the model", async () => {
  const settings = await readText(new FolderSource(MODEL), "tokenizer_config.json");
  const none = { ...JSON.parse(settings!), mask_token: null };
  const source = await memorySource({ "tokenizer_config.json": JSON.stringify(none) });
  const device = new CpuBackend();
  const before = device.memory();
  await assertRejects(() => pipeline("fill-mask", source, { device }), TypeError, "no mask_token");
  assertEquals(device.memory(), before);
});

Deno.test("pipeline() refuses labels that the weights do not have", async () => {
  const device = new CpuBackend();
  const before = device.memory();
  const folder = fromFileUrl(new URL("../golden/pipelines/roberta_topics", import.meta.url));
  const labels = (count: number) => ({
    device,
    config: { id2label: Object.fromEntries(Array.from({ length: count }, (_, i) => [i, `${i}`])) },
  });
  for (const task of ["text-classification", "zero-shot-classification"] as const) {
    await assertRejects(() => pipeline(task, folder, labels(3)), RangeError, "classifier");
  }
  assertEquals(device.memory(), before);
});

Deno.test("pipeline() refuses a checkpoint without the task's head", async () => {
  const missing = "missing: qa_outputs.weight";
  await assertRejects(() => pipeline("question-answering", MODEL), RangeError, missing);
});
