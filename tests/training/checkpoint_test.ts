/** Segments that run again on the way back: the same bits in less memory. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { BACKEND_NAMES, openBackend } from "../../device.ts";
import { AutoModelForSeq2SeqLM } from "../../generation/mod.ts";
import { AutoModelForMaskedLM, type ModelInputs } from "../../models/mod.ts";
import type { PreTrainedModel } from "../../models/pretrained_model.ts";
import type { Backend, Floats } from "../../ops/backend.ts";
import { Random } from "../../tensor/random.ts";
import { Tape } from "../../training/tape.ts";
import type { Checkpointing } from "../../training/tape_node.ts";
import { testOnBackend } from "../helpers/backends.ts";
import { CountingBackend } from "../helpers/counting_backend.ts";
import { someOf } from "../helpers/test_on_backends.ts";
import { drawIds, goldenPath } from "../models/golden_models.ts";
import "../helpers/quiet_reference.ts";
import { writeRows } from "../../ops/write_rows.ts";

interface Case {
  readonly name: string;
  readonly load: (device: Backend) => Promise<PreTrainedModel<object>>;
  readonly inputs: ModelInputs;
}

const tokens = 40;
const masked = (folder: string): Case => ({
  name: folder,
  load: (device) =>
    AutoModelForMaskedLM.from_pretrained(goldenPath(`models/${folder}`), { device }),
  inputs: {
    input_ids: [drawIds(new Random(1), tokens), drawIds(new Random(2), tokens)],
    attention_mask: [30, 40].map((visible) =>
      Array.from({ length: tokens }, (_, i) => i < visible ? 1 : 0)
    ),
  },
});
const IDS = Array.from({ length: 20 }, (_, i) => 3 + i);

const CASES: readonly Case[] = [
  masked("lsg_norm"),
  masked("albert_lsg_norm"),
  {
    name: "bart_lsg_norm",
    load: (device) =>
      AutoModelForSeq2SeqLM.from_pretrained(goldenPath("seq2seq/bart_lsg_norm"), { device }),
    inputs: { input_ids: [IDS], decoder_input_ids: [IDS.slice(0, 5)] },
  },
  masked("lsg_lsh"),
  masked("bert_lsg_bos_pooling"),
  masked("longformer"),
];

/** A step's outputs and gradients, the most tensors held, and those left. */
async function step(
  backend: Backend,
  model: PreTrainedModel<object>,
  inputs: ModelInputs,
  checkpoint: Checkpointing,
  isTrained: (name: string) => boolean = () => true,
) {
  const before = backend.memory();
  const parameters = [...model.parameters.entries()];
  const trained = parameters.filter(([name]) => isTrained(name)).map(([, tensor]) => tensor);
  const tape = new Tape(backend, trained, { checkpoint });
  const outputs = await model.on(tape).forward({ ...inputs, output_hidden_states: true }) as Record<
    string,
    Floats | Floats[]
  >;
  const [first] = Object.values(outputs) as Floats[];
  const held = backend.memory();
  // A loss may read a hidden state, too.
  const states = (outputs.hidden_states ?? outputs.encoder_hidden_states) as Floats[];
  const losses = [first, states[1]].map((tensor) =>
    [tensor, backend.floats(new Random(3).normals(tensor.size), tensor.dims)] as const
  );
  await tape.backward(...losses);
  const gradients = new Map<string, Float32Array>();
  const names = new Map(parameters.map(([name, tensor]) => [tensor, name]));
  for (const [tensor, gradient] of tape.gradients) {
    gradients.set(names.get(tensor)!, (await gradient.getData()).slice());
  }
  const output = first.data.slice();
  tape.dispose();
  losses.forEach(([, seed]) => seed.dispose());
  new Set(Object.values(outputs).flat()).forEach((tensor) => tensor.dispose());
  assertEquals(backend.memory(), before);
  return { output, gradients, held: held.bytes - before.bytes };
}

for (const device of BACKEND_NAMES) {
  testOnBackend(device, "layers that run again give the same bits in less memory", async (t) => {
    const backend = await openBackend(device);
    for (const { name, load, inputs } of someOf(backend, CASES)) {
      await t.step(name, async () => {
        const model = await load(backend);
        const [plain, again, attention] = [
          await step(backend, model, inputs, false),
          await step(backend, model, inputs, true),
          await step(backend, model, inputs, "attention"),
        ];
        assertEquals(attention.output, plain.output);
        assertEquals(attention.gradients, plain.gradients);
        assert(attention.held > again.held && attention.held < plain.held);
        assertEquals(again.output, plain.output);
        assertEquals(again.gradients, plain.gradients);
        assert(plain.gradients.size > 20);
        assert(again.held < 0.6 * plain.held, `${again.held} of ${plain.held} bytes`);
        model.dispose();
      });
    }
    assertEquals(backend.memory(), { tensors: 0, bytes: 0 });
    backend.dispose();
  });
}

Deno.test("what is below the lowest trained tensor neither is kept nor runs again", async () => {
  const backend = new CountingBackend();
  const model = await masked("lsg_norm").load(backend);
  const { inputs } = masked("lsg_norm");
  const launchesOf = async (
    isTrained: (name: string) => boolean,
    checkpoint: Checkpointing = true,
  ) => {
    backend.takeLaunches();
    const { gradients } = await step(backend, model, inputs, checkpoint, isTrained);
    return { names: backend.takeLaunches().map(({ name }) => name), gradients };
  };
  const count = (names: readonly string[], name: string) =>
    names.filter((other) => other === name).length;
  const { num_hidden_layers: layers } = model.config;
  const all = await launchesOf(() => true);
  assertEquals(count(all.names, "attendWithSums"), 2 * layers);
  // The second product of the feed-forward layers leads to nothing that a gradient reads but the sum
  // before the norm, which is held.
  const plain = count((await launchesOf(() => false)).names, "linear");
  const fused = count((await launchesOf(() => false)).names, "feedForward");
  assertEquals([plain - 4 * layers, fused], [2, layers]);
  assertEquals(count(all.names, "linear"), plain + 2 * layers + 5 * layers);
  const kept = await launchesOf(() => true, "attention");
  assertEquals(count(kept.names, "attendWithSums"), layers);
  assertEquals(count(kept.names, "linear"), plain + 2 * layers + 2 * layers);
  assertEquals(kept.gradients, all.gradients);
  const head = await launchesOf((name) => name.startsWith("lm_head"));
  assertEquals(count(head.names, "attend"), layers);
  assertEquals(count(head.names, "attendGradient"), 0);
  const last = await launchesOf((name) => name.includes(`layer.${layers - 1}.`));
  assertEquals(count(last.names, "attend"), layers - 1);
  assertEquals(count(last.names, "attendWithSums"), 2);
  assertEquals(count(last.names, "attendGradient"), 1);
  for (const [name, values] of last.gradients) assertEquals(values, all.gradients.get(name), name);
  model.dispose();
});

Deno.test("a segment gives everything back where it fails, forward and on the way back", async () => {
  const backend = new CountingBackend();
  const x = backend.floats(new Float32Array([1, 2, 3]), [1, 1, 3]);
  const tape = new Tape(backend, [x], { checkpoint: true });
  const before = backend.memory();
  let isBroken = true;
  const body = () => {
    const y = tape.multiply(tape.multiply(x, x), tape.floats(new Float32Array(3), [1, 1, 3]));
    if (isBroken) throw new Error("no more memory");
    return y;
  };
  assertThrows(() => tape.segment(body), Error, "no more memory");
  assertEquals([backend.memory(), tape.recorded], [before, 0]);
  isBroken = false;
  const y = tape.segment(body);
  assertEquals(tape.recorded, 1);
  const seed = backend.floats(new Float32Array(3), [1, 1, 3]);
  isBroken = true;
  await assertRejects(() => tape.backward([y, seed]), Error, "no more memory");
  [y, seed].forEach((tensor) => tensor.dispose());
  assertEquals([backend.memory(), tape.recorded], [before, 0]);
  const z = tape.segment(() => tape.multiply(x, x));
  tape.clear();
  z.dispose();
  assertEquals(backend.memory(), before);
});

Deno.test("a segment that no loss was computed from does not run again", async () => {
  const backend = new CountingBackend();
  const x = backend.floats(new Float32Array([1, 2, 3]), [1, 1, 3]);
  const tape = new Tape(backend, [x], { checkpoint: true });
  const before = backend.memory();
  let runs = 0;
  const y = tape.segment(() => {
    runs++;
    return tape.multiply(x, x);
  });
  const z = tape.add(x, x);
  const seed = backend.floats(new Float32Array(3).fill(1), [1, 1, 3]);
  await tape.backward([z, seed]);
  assertEquals(runs, 1);
  assertEquals([...tape.gradients[0][1].data], [2, 2, 2]);
  tape.dispose();
  [y, z, seed].forEach((tensor) => tensor.dispose());
  assertEquals(backend.memory(), before);
});

Deno.test("a segment may not change tensors in place", () => {
  const backend = new CountingBackend();
  const x = backend.floats(new Float32Array(3), [1, 1, 3]);
  const row = backend.integers(new Int32Array(1), [1, 1]);
  const tape = new Tape(backend, [], { checkpoint: true });
  const body = () => {
    tape.run(writeRows, x, row, tape.floats(new Float32Array(3), [1, 1, 3]));
    return [];
  };
  assertThrows(() => tape.segment(body), TypeError, "changed a tensor in a segment");
});
