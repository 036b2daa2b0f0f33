/** Adapters beside peft's, and what happens to a model that has one. */
import { assert, assertAlmostEquals, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { FolderSource } from "../../../checkpoint/folder_source.ts";
import { openSafetensors } from "../../../checkpoint/safetensors_reader.ts";
import { type CheckpointSource, readJsonObject } from "../../../checkpoint/source.ts";
import type { Weights } from "../../../checkpoint/weights.ts";
import { openBackend } from "../../../device.ts";
import { AutoModelForSeq2SeqLM } from "../../../generation/mod.ts";
import {
  type AutoClass,
  AutoModelForMaskedLM,
  AutoModelForSequenceClassification,
  type HiddenStates,
  type PreTrainedModel,
} from "../../../models/mod.ts";
import type { Backend } from "../../../ops/backend.ts";
import { AdamW } from "../../../training/adam_w.ts";
import { lossOf } from "../../../training/head_loss.ts";
import { Lora } from "../../../training/lora/lora.ts";
import { crossEntropy } from "../../../training/losses.ts";
import { Tape } from "../../../training/tape.ts";
import { selectTrainable } from "../../../training/trainable.ts";
import { UNIT } from "../../../verify/bounds.ts";
import { GoldenFile } from "../../../verify/golden_file.ts";
import { testOnBackend } from "../../helpers/backends.ts";
import { Float64Backend, valuesOf } from "../../helpers/float64_backend.ts";
import { withNewFolder } from "../../helpers/with_folder.ts";
import { goldenPath } from "../../models/golden_models.ts";
import { goldenFolder } from "../../verify/golden_folder.ts";
import "../../helpers/quiet_reference.ts";

type Model = PreTrainedModel<HiddenStates>;
type LogitsModel = PreTrainedModel<HiddenStates & { readonly logits: { data: Float32Array } }>;

/** The class of each golden adapter's model, and its folder. */
const ADAPTERS: Readonly<Record<string, readonly [AutoClass<LogitsModel>, string]>> = {
  roberta_lsg: [AutoModelForSequenceClassification, "heads/roberta_lsg_sequence_classification"],
  albert: [AutoModelForMaskedLM, "models/albert_lsg_norm"],
  bart_lsg: [AutoModelForSeq2SeqLM, "seq2seq/bart_lsg_norm"],
};
const GRADIENT = "gradient.base_model.model.";

const pathOf = (name: string) => goldenPath(`lora/${name}`);

function loadBase(name: string, device: Backend): Promise<LogitsModel> {
  const [autoClass, folder] = ADAPTERS[name];
  return autoClass.from_pretrained(goldenPath(folder), { device });
}

/** The golden inputs and labels. */
async function batchOf(name: string) {
  const file = await GoldenFile.open(goldenFolder(`lora/${name}`), "golden.safetensors");
  const [golden] = file.cases;
  const read = async (tensor: string) => {
    const values = (await file.integers(golden, tensor))!;
    const [rows, tokens = 1] = file.dims(golden, tensor);
    const nested = Array.from(
      { length: rows },
      (_, row) => [...values.subarray(row * tokens, (row + 1) * tokens)],
    );
    return file.dims(golden, tensor).length === 1 ? nested.flat() : nested;
  };
  const [input_ids, attention_mask, labels] = await Promise.all(
    ["input_ids", "attention_mask", "labels"].map(read),
  );
  const batch = { input_ids, attention_mask, labels } as Parameters<typeof lossOf>[1];
  return { file, golden, batch };
}

/** Logits of a model on golden inputs; those of the labelled rows alone, as lossOf() asks for. */
async function logitsOf(model: Model, name: string): Promise<Float32Array> {
  const { batch } = await batchOf(name);
  const { outputs, dispose } = await lossOf(model, batch);
  const values = outputs.logits.data.slice();
  dispose();
  return values;
}

/** Loss and gradients of all that an adapted model trains. */
async function gradientsOn(backend: Backend, name: string, checkpoint = false) {
  using model = await loadBase(name, backend);
  const { config: { lora_alpha } } = await Lora.from_pretrained(model, pathOf(name));
  for (const { scale } of model.parameters.adapters.values()) {
    if (!(scale && backend instanceof Float64Backend)) continue;
    const rank = scale.dims[0];
    for (let i = 0; i < rank; i++) valuesOf(scale)[i * rank + i] = lora_alpha / rank;
  }
  const trained = selectTrainable(model, "all");
  const tape = new Tape(backend, trained.map(([, tensor]) => tensor), { checkpoint });
  const before = backend.memory().tensors;
  const { batch } = await batchOf(name);
  const result = await lossOf(model.on(tape), batch);
  if (backend instanceof Float64Backend) {
    const [[logits, seed]] = result.seeds;
    valuesOf(seed).set(crossEntropy(logits.data, result.labels as Int32Array).gradient);
  }
  await tape.backward(...result.seeds);
  result.dispose();
  const names = new Map(trained.map(([name, tensor]) => [tensor, name]));
  const gradients = new Map<string, Float32Array>();
  for (const [tensor, sum] of tape.gradients) {
    gradients.set(names.get(tensor)!, (await sum.getData()).slice());
  }
  const left = backend.memory().tensors - before - gradients.size;
  tape.dispose();
  return { loss: result.loss, gradients, left, count: trained.length };
}

const largest = (values: Iterable<number>) =>
  [...values].reduce((size, value) => Math.max(size, Math.abs(value)), 0);

function assertClose(made: Float32Array, wanted: Float32Array, most: number, what: string): void {
  assertEquals(made.length, wanted.length, what);
  wanted.forEach((value, i) => {
    const error = Math.abs(made[i] - value);
    assert(error <= UNIT * Math.abs(value) + most, `${what} at ${i}: ${made[i]}, wanted ${value}`);
  });
}

for (const name of Object.keys(ADAPTERS)) {
  Deno.test(`${name}: loss and gradients are those of peft's folder in peft, in float64`, async () => {
    const { loss, gradients, left, count } = await gradientsOn(new Float64Backend(), name);
    const { file, golden } = await batchOf(name);
    assertAlmostEquals(loss, (await file.floats(golden, "loss")).data[0], 1e-6);
    const wanted = file.tensors(golden).filter((tensor) => tensor.startsWith(GRADIENT));
    assertEquals([gradients.size, count], [wanted.length, wanted.length]);
    for (const tensor of wanted) {
      const { data } = await file.floats(golden, tensor);
      const key = tensor.slice(GRADIENT.length);
      // The golden values are rounded to float32; 1e-9 of the largest is what float64 loses.
      assertClose(gradients.get(key)!, data, 1e-9 * Math.max(1, largest(data)), key);
    }
    assertEquals(left, 0);
  });
}

Deno.test("gradients of adapters are the same bits with checkpointing", async () => {
  for (const name of Object.keys(ADAPTERS)) {
    const [plain, again] = [false, true].map((checkpoint) =>
      gradientsOn(new Float64Backend(), name, checkpoint)
    );
    assertEquals(await again, await plain);
  }
});

for (const device of ["cpu", "wasm", "webgpu"] as const) {
  testOnBackend(device, "loss and gradients of adapters are those of float64", async () => {
    for (const name of Object.keys(ADAPTERS)) {
      // A GPU that is emulated compiles for a second a model.
      if (device === "webgpu" && name !== "roberta_lsg") continue;
      const exact = await gradientsOn(new Float64Backend(), name);
      const backend = await openBackend(device);
      const { loss, gradients, left } = await gradientsOn(backend, name);
      assertAlmostEquals(loss, exact.loss, 1e-5);
      assertEquals([...gradients.keys()], [...exact.gradients.keys()]);
      for (const [key, values] of gradients) {
        const wanted = exact.gradients.get(key)!;
        // As for whole models, see seq2seq_gradients_test.ts.
        assertClose(values, wanted, 120 * 90 * UNIT * Math.max(largest(wanted), 1e-3), key);
      }
      assertEquals([left, backend.memory().tensors], [0, 0]);
      backend.dispose();
    }
  });

  testOnBackend(device, "an adapter is merged, or removed without a trace", async () => {
    const backend = await openBackend(device);
    using model = await loadBase("roberta_lsg", backend);
    const [plain, { tensors }] = [await logitsOf(model, "roberta_lsg"), backend.memory()];
    const lora = await Lora.from_pretrained(model, pathOf("roberta_lsg"));
    const adapted = await logitsOf(model, "roberta_lsg");
    assert(largest(adapted.map((value, i) => value - plain[i])) > 0.1);
    lora.unload();
    lora.unload();
    assertEquals(await logitsOf(model, "roberta_lsg"), plain);
    assertEquals(backend.memory().tensors, tensors);
    const again = await Lora.from_pretrained(model, pathOf("roberta_lsg"));
    await again.merge_and_unload();
    assertEquals(backend.memory().tensors, tensors);
    const merged = await logitsOf(model, "roberta_lsg");
    assertClose(merged, adapted, 1e-5 * largest(adapted), "logits");
    await assertRejects(() => again.save_pretrained("never"), Error, "it was removed");
    assertThrows(() => again.named_parameters(), Error, "it was removed");
    assertEquals(model.named_parameters().length, [...model.parameters.entries()].length);
    model.dispose();
    assertEquals(backend.memory().tensors, 0);
    backend.dispose();
  });
}

const device = await openBackend("cpu");

/** All tensors of weights. */
async function tensorsOf(weights: Weights): Promise<[string, readonly number[], Float32Array][]> {
  return await Promise.all(
    weights.names().toSorted().map(async (name) =>
      [name, weights.dims(name), await weights.load(name)] as [string, number[], Float32Array]
    ),
  );
}

/** The tensors and the config of an adapter's folder. */
async function readFolder(folder: string) {
  const source = new FolderSource(folder);
  const weights = await openSafetensors((await source.open("adapter_model.safetensors"))!);
  const json = (await readJsonObject(source, "adapter_config.json"))!;
  return { json, tensors: await tensorsOf(weights) };
}

for (const name of Object.keys(ADAPTERS)) {
  Deno.test(`${name}: an adapter of peft is written as it was read`, () =>
    withNewFolder(async (folder) => {
      using model = await loadBase(name, device);
      await Lora.from_pretrained(model, pathOf(name));
      // The model writes the adapter, too.
      await model.save_pretrained(folder);
      assertEquals(await readFolder(folder), await readFolder(pathOf(name)));
      assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), [
        "adapter_config.json",
        "adapter_model.safetensors",
      ]);
      await assertRejects(() => model.save_pretrained(folder), RangeError, "already has a");
    }));
}

Deno.test("a new adapter changes no output, and is drawn by layer and seed", async () => {
  using model = await loadBase("roberta_lsg", device);
  const plain = await logitsOf(model, "roberta_lsg");
  const values = async (options: Parameters<typeof Lora.create>[1]) => {
    using lora = await Lora.create(model, options);
    assertEquals(await logitsOf(model, "roberta_lsg"), plain);
    const named = lora.named_parameters();
    return new Map(
      await Promise.all(
        named.map(async ([name, tensor]) => [name, (await tensor.getData()).slice()] as const),
      ),
    );
  };
  const few = await values({ r: 4 });
  const query = "roberta.encoder.layer.1.attention.self.query";
  assertEquals([...few.keys()].filter((name) => /lora/.test(name)), [
    ...[0, 1].flatMap((layer) =>
      ["query", "value"].flatMap((end) =>
        ["A", "B"].map((matrix) =>
          `roberta.encoder.layer.${layer}.attention.self.${end}.lora_${matrix}.weight`
        )
      )
    ),
  ]);
  const A = few.get(`${query}.lora_A.weight`)!;
  assertEquals(A.length, 4 * 16);
  assert(largest(A) <= 1 / 4 && largest(A) > 0.2 && new Set(A).size > 60);
  assert(Math.abs(A.reduce((sum, value) => sum + value) / A.length) < 0.06);
  assertEquals(largest(few.get(`${query}.lora_B.weight`)!), 0);
  const all = await values({ r: 4, target_modules: "all-linear" });
  assertEquals(all.get(`${query}.lora_A.weight`), A);
  assert(all.size > few.size && ![...all.keys()].some((name) => /classifier.*lora/.test(name)));
  const other = await values({ r: 4, seed: 1 });
  assert(largest(other.get(`${query}.lora_A.weight`)!.map((value, i) => value - A[i])) > 0.1);
});

Deno.test("the base of an adapted model stays bit for bit, what is trained changes", () =>
  withNewFolder(async (folder) => {
    const backend = await openBackend("cpu");
    using model = await loadBase("bart_lsg", backend);
    const before = new Map(
      await Promise.all(
        [...model.parameters.entries()].map(async ([name, tensor]) =>
          [name, (await tensor.getData()).slice()] as const
        ),
      ),
    );
    await Lora.create(model, { r: 2, target_modules: ["q_proj", "v_proj", "fc2"] });
    const trained = selectTrainable(model, "all");
    const tape = new Tape(backend, trained.map(([, tensor]) => tensor));
    const optimizer = new AdamW(backend, trained);
    const { batch } = await batchOf("bart_lsg");
    const losses: number[] = [];
    for (let step = 0; step < 4; step++) {
      const { loss, seeds, dispose } = await lossOf(model.on(tape), batch);
      losses.push(loss);
      await tape.backward(...seeds);
      dispose();
      await optimizer.step(tape.gradients, 0.05);
      tape.zero();
    }
    assert(losses[3] < losses[0], String(losses));
    for (const [name, tensor] of model.parameters.entries()) {
      assertEquals(await tensor.getData(), before.get(name), name);
    }
    // Another model gets the adapter, and computes the same.
    await model.save_pretrained(folder);
    using other = await loadBase("bart_lsg", backend);
    await Lora.from_pretrained(other, folder);
    const adapted = await logitsOf(model, "bart_lsg");
    assertEquals(await logitsOf(other, "bart_lsg"), adapted);
    // And generation runs it, and a merged model is an ordinary one.
    const ids = async (writer: typeof model) => {
      const { generate } = writer as unknown as {
        generate(inputs: unknown): Promise<{ data: BigInt64Array }>;
      };
      const inputs = { input_ids: batch.input_ids, max_length: 8, num_beams: 2 };
      return (await generate.call(writer, inputs)).data;
    };
    const written = await ids(model);
    await (other.parameters.adapter as Lora).merge_and_unload();
    assertEquals(await ids(other), written);
    await other.save_pretrained(`${folder}-merged`);
    using merged = await AutoModelForSeq2SeqLM.from_pretrained(`${folder}-merged`, {
      device: backend,
    });
    assertClose(await logitsOf(merged, "bart_lsg"), adapted, 1e-5 * largest(adapted), "logits");
    optimizer.dispose();
    tape.dispose();
  }));

Deno.test("an adapter takes the values of another of its kind, as a training resumes", async () => {
  using model = await loadBase("albert", device);
  const lora = await Lora.from_pretrained(model, pathOf("albert"));
  const wanted = await logitsOf(model, "albert");
  lora.unload();
  const fresh = await Lora.create(model, {
    r: 2,
    lora_alpha: 2,
    target_modules: ["query", "value", "ffn_output", "predictions.dense"],
  });
  assert(String(await logitsOf(model, "albert")) !== String(wanted));
  await fresh.load_weights(new FolderSource(pathOf("albert")));
  assertEquals(await logitsOf(model, "albert"), wanted);
  fresh.unload();
  const other = await Lora.create(model, { r: 2, lora_alpha: 2 });
  await assertRejects(
    () => other.load_weights(new FolderSource(pathOf("albert"))),
    RangeError,
    "it is another adapter, wanted one of rank 2",
  );
  other.unload();
  const scaled = await Lora.create(model, { r: 2, lora_alpha: 16 });
  await assertRejects(
    () => scaled.load_weights(new FolderSource(pathOf("albert"))),
    RangeError,
    "its lora_alpha is 2, wanted 16",
  );
});

Deno.test("an adapter that is removed, or whose model is disposed of, while it is read stays so", async () => {
  using backend = await openBackend("wasm", { threads: 1 });
  const folder = new FolderSource(pathOf("albert"));
  // Read 0 is that of the config, then come the header's two; those of the values follow.
  for (const at of [0, 3]) {
    for (const attempt of ["load_weights", "from_pretrained"] as const) {
      for (const end of attempt === "load_weights" ? ["unload", "dispose"] : ["dispose"]) {
        using model = await loadBase("albert", backend);
        const before = backend.memory();
        const first = attempt === "load_weights"
          ? await Lora.from_pretrained(model, folder)
          : undefined;
        let reads = 0;
        const source: CheckpointSource = {
          name: "ending",
          open: async (name) => {
            const file = await folder.open(name);
            return file && {
              ...file,
              read: (start, stop) => {
                if (reads++ === at) end === "unload" ? first!.unload() : model.dispose();
                return file.read(start, stop);
              },
            };
          },
        };
        const loading = first ? first.load_weights(source) : Lora.from_pretrained(model, source);
        await assertRejects(() => loading, Error, first ? "it was removed" : "it was disposed");
        assertEquals(backend.memory().tensors, end === "unload" ? before.tensors : 0);
      }
    }
  }
});

for (const dtype of ["fp16", "q8"] as const) {
  Deno.test(`an adapter is trained on weights of ${dtype}, with a head that is trained whole`, async () => {
    const backend = await openBackend("wasm", { dtype });
    using model = await loadBase("roberta_lsg", backend);
    const lora = await Lora.create(model, { target_modules: "all-linear", r: 2 });
    const trained = selectTrainable(model, "all");
    const tape = new Tape(backend, trained.map(([, tensor]) => tensor));
    const optimizer = new AdamW(backend, trained);
    const { batch } = await batchOf("roberta_lsg");
    const losses: number[] = [];
    for (let step = 0; step < 4; step++) {
      const { loss, seeds, dispose } = await lossOf(model.on(tape), batch);
      losses.push(loss);
      await tape.backward(...seeds);
      dispose();
      await optimizer.step(tape.gradients, 0.01);
      tape.zero();
    }
    assert(losses[3] < losses[0] - 0.1, String(losses));
    const adapted = await logitsOf(model, "roberta_lsg");
    optimizer.dispose();
    tape.dispose();
    // The merged weights are rounded once more.
    await lora.merge_and_unload();
    const most = { fp16: 2 ** -8, q8: 2 ** -3 }[dtype] * largest(adapted);
    assertClose(await logitsOf(model, "roberta_lsg"), adapted, most, "logits");
    model.dispose();
    assertEquals(backend.memory().tensors, 0);
    backend.dispose();
  });
}
