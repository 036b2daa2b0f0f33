import { assert, assertEquals, assertRejects } from "@std/assert";
import { encodeSafetensors, readCheckpoint } from "../../checkpoint/mod.ts";
import { openBackend } from "../../device.ts";
import { AutoModel, AutoModelForMaskedLM } from "../../models/mod.ts";
import { Tape } from "../../training/tape.ts";
import { tinyCheckpoint } from "../helpers/tiny_checkpoint.ts";
import { testOnBackends } from "../helpers/test_on_backends.ts";
import { drawIds, goldenPath } from "./golden_models.ts";
import { Random } from "../../tensor/random.ts";

const INPUTS = { input_ids: [drawIds(new Random(1), 40)] };

testOnBackends(
  "load_weights() makes a model the same as the loaded one",
  [{ name: "lsg_norm" }],
  async (_case, backend) => {
    const load = (config?: Record<string, unknown>) =>
      AutoModelForMaskedLM.from_pretrained(goldenPath("models/lsg_norm"), {
        device: backend,
        config,
      });
    using wanted = await load();
    using model = await load();
    const before = backend.memory();
    const zeros = new Float32Array(model.config.hidden_size);
    const name = "encoder.layer.0.output.LayerNorm.weight";
    await model.parameters.replace(backend, {
      names: () => [...wanted.parameters.entries()].map(([name]) => name),
      has: (name) => wanted.parameters.has(name),
      dims: (name) => wanted.parameters.get(name).dims,
      load: async (each) => each === name ? zeros : await wanted.parameters.get(each).getData(),
    });
    assertEquals(await model.parameters.get(name).getData(), zeros);
    const view = model.on(new Tape(backend));
    const changed = await model(INPUTS);
    await model.load_weights(goldenPath("models/lsg_norm"));
    assertEquals(backend.memory().tensors, before.tensors + 1);
    const [again, seen, same] = [await model(INPUTS), await view(INPUTS), await wanted(INPUTS)];
    assert(changed.logits.data.some((value, i) => value !== same.logits.data[i]));
    assertEquals(again.logits.data, same.logits.data);
    assertEquals(seen.logits.data, same.logits.data);
    for (const { logits } of [changed, again, seen, same]) logits.dispose();
    await assertRejects(() => model.load_weights(goldenPath("models/bert")), RangeError);
  },
);

Deno.test("a model whose weights could be replaced in part only is disposed of", async () => {
  const source = await tinyCheckpoint("Model");
  const { weights } = await readCheckpoint(source);
  const tensors = await Promise.all(
    weights.names().map(async (name) => {
      return {
        name,
        dims: weights.dims(name),
        dtype: "F32" as const,
        data: await weights.load(name),
      };
    }),
  );
  tensors.at(-1)!.data[0] = NaN;
  const broken = await tinyCheckpoint("Model", {}, {
    "model.safetensors": encodeSafetensors(tensors),
  });
  using model = await AutoModel.from_pretrained(source, { device: "wasm", threads: 1 });
  await assertRejects(() => model.load_weights(broken), RangeError, "it is NaN at index 0");
  await assertRejects(() => model(INPUTS), Error, "disposed");
});

const CONVERTED = { block_size: 8, max_sequence_length: 96 };

for (const lsg of [undefined, CONVERTED, { ...CONVERTED, random_global_init: true }]) {
  Deno.test(`loading frees every weight that it read, lsg ${JSON.stringify(lsg)}`, async () => {
    const source = await tinyCheckpoint("MaskedLM", { vocab_size: 100 });
    const reads: Uint8Array[] = [];
    const open = async (fileName: string) => {
      const file = await source.open(fileName);
      const read = async (start: number, end: number) => {
        const bytes = (await file!.read(start, end)).slice();
        if (fileName.endsWith(".safetensors")) reads.push(bytes);
        return bytes;
      };
      return file && { ...file, read, ownsReads: true };
    };
    using backend = await openBackend("wasm", { threads: 1 });
    using _ = await AutoModelForMaskedLM.from_pretrained({ name: "own", open }, {
      device: backend,
      ...(lsg && { lsg }),
    });
    assert(reads.length > 10);
    // The header, and short tables that a conversion reads, live until they are collected.
    const short = 64 * 8 * 4;
    const kept = reads.slice(2).filter(({ length }) => length > (lsg ? short : 0));
    assertEquals(kept.map(({ length }) => length), []);
  });
}
