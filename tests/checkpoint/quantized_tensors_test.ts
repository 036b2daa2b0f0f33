import { assert, assertEquals, assertRejects } from "@std/assert";
import { FolderSource } from "../../checkpoint/folder_source.ts";
import { MemorySource } from "../../checkpoint/memory_source.ts";
import { MemoryWeights } from "../../checkpoint/memory_weights.ts";
import { openWeights } from "../../checkpoint/open_weights.ts";
import { streamQuantized } from "../../checkpoint/quantized_tensors.ts";
import { readCheckpoint } from "../../checkpoint/read_checkpoint.ts";
import { streamTensors, type TensorToWrite } from "../../checkpoint/safetensors_writer.ts";
import { saveCheckpoint } from "../../checkpoint/save_checkpoint.ts";
import { readJsonObject } from "../../checkpoint/source.ts";
import type { Weights } from "../../checkpoint/weights.ts";
import { dequantizeWeights, quantizeWeights } from "../../cpu/mod.ts";
import { AutoModelForMaskedLM } from "../../models/mod.ts";
import { Random } from "../../tensor/random.ts";
import { assertSameBits } from "../helpers/compare.ts";
import { withNewFolder as withFolder } from "../helpers/with_folder.ts";
import { tinyConfig, tinyWeights } from "./tiny_checkpoint.ts";
import "../helpers/quiet_reference.ts";

const MODEL = "demo/model";

async function collect(chunks: AsyncGenerator<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(
    await new Blob(await Array.fromAsync(chunks) as Uint8Array<ArrayBuffer>[]).arrayBuffer(),
  );
}

const open = (bytes: Uint8Array) => openWeights(new MemorySource({ "model.safetensors": bytes }));

/** Weights of widths around the padding and the blocks. */
function drawWeights(): MemoryWeights {
  const random = new Random(4);
  const dims = { a: [3, 1], b: [9, 64], c: [2, 65], d: [1, 768], e: [2, 833], "f.bias": [1, 70] };
  const tensor = (dims: number[]) => ({ dims, data: random.normals(dims[0] * (dims[1] ?? 1)) });
  return new MemoryWeights([
    ...Object.entries(dims).map(([name, dims]) => [name, tensor(dims)] as const),
    ["vector", tensor([5])],
  ]);
}

Deno.test("weights in 8 bits are read as they were rounded", async () => {
  const weights = drawWeights();
  const read = await open(await collect(streamQuantized(weights)));
  assertEquals(read.names(), weights.names());
  for (const name of read.names()) {
    const [values, dims] = [await weights.load(name), weights.dims(name)];
    assertEquals(read.dims(name), dims);
    if (name === "vector" || name === "f.bias") {
      assertEquals(await read.loadQuantized?.(name), undefined);
      assertEquals(await read.load(name), values);
      continue;
    }
    const quantized = quantizeWeights(values, dims[0], dims[1]);
    assertEquals(await read.loadQuantized?.(name), quantized);
    assertSameBits(await read.load(name), dequantizeWeights(quantized));
  }
});

Deno.test("integers that were read for one call alone are freed", async () => {
  const bytes = await collect(streamQuantized(drawWeights()));
  const source = new MemorySource({ "model.safetensors": bytes });
  const open = async (fileName: string) => {
    const file = await source.open(fileName);
    const read = async (start: number, end: number) => (await file!.read(start, end)).slice();
    return file && { ...file, read, ownsReads: true };
  };
  const own = await openWeights({ name: "own", open });
  const { values } = (await own.loadQuantized!("b"))!;
  own.release!("b", values);
  assertEquals(values.length, 0);
  const floats = await own.load("b");
  assertSameBits(floats, await (await openWeights(source)).load("b"));
  own.release!("b", floats);
  assertEquals(floats.length, 0);
});

Deno.test("weights in 8 bits are written again as they are", async () => {
  const bytes = await collect(streamQuantized(drawWeights()));
  assertEquals(await collect(streamQuantized(await open(bytes))), bytes);
});

Deno.test("weights that 8 bits cannot represent are not written", async () => {
  for (const value of [NaN, Infinity, 1e38]) {
    const data = new Float32Array(64).fill(value);
    const weights = new MemoryWeights([["a", { dims: [1, 64], data }]]);
    await assertRejects(() => collect(streamQuantized(weights)), RangeError, "a in 8 bits");
  }
});

Deno.test("names that steps have are not written", async () => {
  const tensor = { dims: [1, 64], data: new Float32Array(64) };
  const weights = new MemoryWeights([["a", tensor], ["b.steps", tensor]]);
  const message = "Cannot write tensor b.steps in 8 bits";
  await assertRejects(() => collect(streamQuantized(weights)), RangeError, message);
});

Deno.test("a model's folder in 8 bits has a quarter of the bytes and gives the same as q8", () =>
  withFolder(async (folder) => {
    const source = new FolderSource(MODEL);
    const checkpoint = await readCheckpoint(source);
    await saveCheckpoint(folder, checkpoint, source, { dtype: "q8" });
    const config = await readJsonObject(new FolderSource(folder), "config.json");
    assertEquals(config?.quantization_config, { quant_method: "lsg_q8", version: 1 });
    const { size } = await Deno.stat(`${folder}/model.safetensors`);
    const floats = checkpoint.weights.names().reduce(
      (sum, name) => sum + checkpoint.weights.dims(name).reduce((a, b) => a * b, 4),
      0,
    );
    assert(size < 0.27 * floats, `${size} of ${floats} bytes`);
    const input_ids = [[0, 5, 9, 4, 77, 1000, 2]];
    for (const device of ["wasm", "cpu"] as const) {
      using wanted = await AutoModelForMaskedLM.from_pretrained(MODEL, { device, dtype: "q8" });
      using small = await AutoModelForMaskedLM.from_pretrained(folder, { device, dtype: "q8" });
      assertEquals(small.backend.memory(), wanted.backend.memory());
      const [{ logits }, { logits: same }] = [
        await small({ input_ids }),
        await wanted({ input_ids }),
      ];
      assertSameBits(logits.data as Float32Array, same.data as Float32Array);
    }
    // As floats it is the model that its integers stand for.
    using floated = await AutoModelForMaskedLM.from_pretrained(folder, { device: "wasm" });
    const name = "embeddings.word_embeddings.weight";
    const { weights } = await readCheckpoint(new FolderSource(folder));
    assertSameBits(
      await floated.parameters.get(name).getData(),
      dequantizeWeights((await weights.loadQuantized!(`roberta.${name}`))!),
    );
    assertEquals(await floated({ input_ids }).then(({ logits }) => logits.dims), [1, 7, 8192]);
  }));

Deno.test("a checkpoint in 8 bits that is saved in floats is not marked as one in 8 bits", () =>
  withFolder(async (folder) => {
    const config = tinyConfig();
    const weights = await tinyWeights(config, "MaskedLM");
    const none = new MemorySource({});
    await saveCheckpoint(folder, { config, weights, specialTokens: {} }, none, { dtype: "q8" });
    const small = new FolderSource(folder);
    await saveCheckpoint(`${folder}/fp32`, await readCheckpoint(small), small);
    const saved = await readCheckpoint(new FolderSource(`${folder}/fp32`));
    assertEquals(saved.config.raw.quantization_config, undefined);
    const read = await openWeights(small);
    for (const name of saved.weights.names()) {
      assertEquals(await saved.weights.load(name), await read.load(name));
    }
    const refused = { dtype: "q4" } as unknown as { dtype: "q8" };
    await assertRejects(
      () => saveCheckpoint(`${folder}/q4`, saved, small, refused),
      RangeError,
      'dtype "q4": wanted',
    );
  }));

Deno.test("the floats of a matrix in 8 bits are never made for q8", async () => {
  const bytes = await collect(streamQuantized(await tinyWeights(tinyConfig(), "Model")));
  const read = await open(bytes);
  const asFloats: string[] = [];
  const { Parameters } = await import("../../models/parameters.ts");
  const { openBackend } = await import("../../device.ts");
  const backend = await openBackend("wasm", { dtype: "q8" });
  const watched: Weights = {
    names: () => read.names(),
    has: (name) => read.has(name),
    dims: (name) => read.dims(name),
    load: (name) => (asFloats.push(name), read.load(name)),
    loadQuantized: (name) => read.loadQuantized!(name),
  };
  const parameters = await Parameters.load(backend, watched);
  assertEquals(asFloats, read.names().filter((name) => read.dims(name).length === 1));
  parameters.dispose();
  backend.dispose();
});

/** A file of one matrix of 2 rows and 70 columns, as it should be, with some of it replaced. */
async function spoil(
  { form = { version: 1, columns: { w: 70 } }, values, steps, tensors = [] }: {
    form?: unknown;
    values?: Partial<TensorToWrite & { data: Int8Array }>;
    steps?: Partial<TensorToWrite & { data: Float32Array }> | null;
    tensors?: readonly (TensorToWrite & { data: Float32Array | Int8Array })[];
  },
): Promise<Uint8Array> {
  const all: (TensorToWrite & { data: Float32Array | Int8Array })[] = [
    { name: "w", dims: [2, 128], dtype: "I8", data: new Int8Array(256).fill(3), ...values },
    ...(steps === null
      ? []
      : [{ name: "w.steps", dims: [2, 1], dtype: "F32", data: new Float32Array(2), ...steps }]),
    ...tensors,
  ] as (TensorToWrite & { data: Float32Array | Int8Array })[];
  const load = (name: string) => Promise.resolve(all.find((each) => each.name === name)!.data);
  const json = typeof form === "string" ? form : JSON.stringify(form);
  return await collect(streamTensors(all, load, { lsg_q8: json }));
}

const extra = { dims: [1], dtype: "F32", data: new Float32Array(1) } as const;

const HEADERS: readonly [string, Parameters<typeof spoil>[0], new () => Error, string][] = [
  ["another version", { form: { version: 2 } }, RangeError, "version 2, wanted 1"],
  ["no version", { form: {} }, RangeError, "version undefined, wanted 1"],
  ["no JSON", { form: "no" }, SyntaxError, "lsg_q8"],
  ["no steps", { steps: null }, SyntaxError, "has no steps, wanted F32 [2, 1]"],
  ["steps of another shape", { steps: { dims: [1, 2] } }, SyntaxError, "steps F32 [1,2]"],
  [
    "integers as steps",
    { steps: { dtype: "I8", data: new Int8Array(2) as unknown as Float32Array } },
    SyntaxError,
    "steps I8 [2,1]",
  ],
  ["too many columns", { form: { version: 1, columns: { w: 129 } } }, SyntaxError, "129 columns"],
  ["too few columns", { form: { version: 1, columns: { w: 64 } } }, SyntaxError, "64 columns"],
  ["no number of columns", { form: { version: 1, columns: { w: "70" } } }, SyntaxError, "rows of"],
  [
    "columns of nothing",
    { form: { version: 1, columns: { v: 7 } } },
    SyntaxError,
    "tensor v: has columns",
  ],
  [
    "rows that are not padded",
    {
      form: { version: 1 },
      values: { dims: [4, 63], data: new Int8Array(252) },
    },
    SyntaxError,
    "rows of 63 integers",
  ],
  [
    "a row without columns",
    { form: { version: 1 }, values: { dims: [256] } },
    SyntaxError,
    "rows of",
  ],
  ["steps of nothing", { tensors: [{ name: "v.steps", ...extra }] }, SyntaxError, "an I8 tensor"],
];

for (const [what, spoiled, kind, message] of HEADERS) {
  Deno.test(`a file in 8 bits is refused as it is opened: ${what}`, async () => {
    const bytes = await spoil(spoiled);
    const error = await assertRejects(() => open(bytes), kind, message);
    assert(error.message.includes("model.safetensors"), error.message);
  });
}

const spoiledStep = (step: number) => ({ steps: { data: new Float32Array([1, step]) } });
const spoiledInteger = new Int8Array(256);
spoiledInteger[200] = -128;

const VALUES: readonly [string, Parameters<typeof spoil>[0], string][] = [
  ["-128", { values: { data: spoiledInteger } }, "the integer -128 at index 200, wanted -127"],
  ["a negative step", spoiledStep(-1), "the step -1 at index 1, wanted 0 …"],
  ["the step NaN", spoiledStep(NaN), "the step NaN at index 1"],
  ["an infinite step", spoiledStep(Infinity), "the step Infinity at index 1"],
  ["a step whose sums overflow", spoiledStep(2 ** 105), "the step"],
];

for (const [what, spoiled, message] of VALUES) {
  Deno.test(`a file in 8 bits is refused as it is loaded: ${what}`, async () => {
    const weights = await open(await spoil(spoiled));
    for (const load of [() => weights.load("w"), () => weights.loadQuantized!("w")]) {
      const error = await assertRejects(load, RangeError, message);
      assert(error.message.startsWith("memory/model.safetensors, tensor w: has"), error.message);
    }
  });
}

Deno.test("a file in 8 bits as it should be is read", async () => {
  const weights = await open(await spoil({ steps: { data: new Float32Array([1, 2 ** 104]) } }));
  assertEquals([weights.names(), weights.dims("w")], [["w"], [2, 70]]);
  assertEquals((await weights.load("w")).length, 140);
});

Deno.test("shards in 8 bits hold integers beside their steps", async () => {
  const files = {
    "1.safetensors": await spoil({}),
    "2.safetensors": await spoil({
      values: { name: "v" },
      steps: { name: "v.steps" },
      form: {
        version: 1,
        columns: { v: 70 },
      },
    }),
  };
  const sharded = (weight_map: Record<string, string>) =>
    openWeights(
      new MemorySource({
        "model.safetensors.index.json": JSON.stringify({ weight_map }),
        ...files,
      }),
    );
  const [one, two] = Object.keys(files);
  const maps: Record<string, string>[] = [
    { w: one, v: two },
    { w: one, "w.steps": one, v: two, "v.steps": two },
  ];
  for (const map of maps) {
    const weights = await sharded(map);
    assertEquals(weights.names(), ["w", "v"]);
    assertEquals((await weights.loadQuantized!("v"))?.values.length, 256);
  }
  await assertRejects(() => sharded({ w: one, v: two, "w.steps": two }), RangeError, "w.steps");
});
