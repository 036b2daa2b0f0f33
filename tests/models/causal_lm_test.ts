import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import type { SelfExtendSettings } from "../../attention/mod.ts";
import { CpuBackend } from "../../cpu/mod.ts";
import { BACKEND_NAMES, openBackend } from "../../device.ts";
import { AutoModelForCausalLM, type DecoderLM } from "../../generation/mod.ts";
import type { PreTrainedOptions, SequenceRunner } from "../../models/mod.ts";
import type { Backend } from "../../ops/backend.ts";
import { Random } from "../../tensor/random.ts";
import { ACCUMULATION, largestMagnitude, modelBound, storageError } from "../../verify/bounds.ts";
import { assertWithin } from "../helpers/compare.ts";
import { testOnBackend } from "../helpers/backends.ts";
import { warningsOf } from "../helpers/warnings_of.ts";
import { goldenPath } from "./golden_models.ts";
import "../helpers/quiet_reference.ts";

interface Subject {
  readonly name: string;
  readonly folder: string;
  readonly config?: PreTrainedOptions["config"];
  readonly self_extend?: SelfExtendSettings;
}

const YARN = { rope_theta: 10000, rope_type: "yarn", factor: 4 };

const SUBJECTS: readonly Subject[] = [
  { name: "llama", folder: "llama" },
  {
    name: "llama, dynamic",
    folder: "llama",
    config: { rope_scaling: { type: "dynamic", factor: 2 }, max_position_embeddings: 16 },
  },
  { name: "mistral, window", folder: "mistral" },
  { name: "gpt_neox", folder: "gpt_neox" },
  { name: "phi", folder: "phi" },
  { name: "Self-Extend 3, 5", folder: "llama", self_extend: { group_size: 3, window_size: 5 } },
  {
    name: "Self-Extend 2, 1, yarn",
    folder: "qwen3",
    config: { rope_parameters: YARN },
    self_extend: { group_size: 2, window_size: 1 },
  },
  {
    name: "Self-Extend, part of the columns",
    folder: "gpt_neox",
    self_extend: { group_size: 4, window_size: 9 },
  },
  {
    name: "Self-Extend in place of a window",
    folder: "mistral",
    self_extend: { group_size: 5, window_size: 7 },
  },
  {
    name: "Self-Extend, llama3",
    folder: "llama_scaled",
    self_extend: { group_size: 3, window_size: 4 },
  },
  {
    name: "Self-Extend, linear",
    folder: "qwen2",
    config: { rope_parameters: { rope_theta: 10000, rope_type: "linear", factor: 3 } },
    self_extend: { group_size: 2, window_size: 6 },
  },
  {
    name: "Self-Extend, dynamic, part of the columns",
    folder: "phi",
    config: {
      rope_parameters: {
        rope_theta: 10000,
        rope_type: "dynamic",
        factor: 2,
        partial_rotary_factor: 0.5,
        original_max_position_embeddings: 16,
      },
    },
    self_extend: { group_size: 4, window_size: 8 },
  },
];

/** Tests a property of decoders on every backend, of one subject in four on an emulated GPU. */
function testDecoders(
  property: string,
  subjects: readonly Subject[],
  check: (subject: Subject, backend: Backend) => Promise<void>,
): void {
  for (const device of BACKEND_NAMES) {
    testOnBackend(device, property, async (t) => {
      const backend = await openBackend(device);
      const tested = device === "webgpu" ? subjects.filter((_, i) => i % 4 === 1) : subjects;
      for (const subject of tested) await t.step(subject.name, () => check(subject, backend));
      assertEquals(backend.memory(), { tensors: 0, bytes: 0 });
      backend.dispose();
    });
  }
}

function load({ folder, config }: Subject, device: Backend): Promise<DecoderLM> {
  return AutoModelForCausalLM.from_pretrained(goldenPath(`decoders/${folder}`), { device, config });
}

function drawIds(random: Random, count: number): number[] {
  return Array.from({ length: count }, () => 3 + Math.floor(random.uniform() * 57));
}

/** The logits of the last id of a whole row. */
async function wholeRow(model: DecoderLM, row: number[], self_extend: Subject["self_extend"]) {
  const logits = await model.logitsAt({ input_ids: [row], self_extend: self_extend ?? null }, [
    [row.length - 1],
  ]);
  const data = await logits.getData();
  logits.dispose();
  return data;
}

function assertClose(model: DecoderLM, actual: Float32Array, expected: Float32Array): void {
  const { backend, config } = model;
  const layers = config.num_hidden_layers;
  const output = largestMagnitude(expected);
  const size = { layers, rotaryLayers: layers, width: config.intermediate_size, output };
  // Both have the error.
  const bound = 2 * modelBound(size, ACCUMULATION[backend.name], storageError(backend));
  const values = Float64Array.from(expected);
  assertWithin(actual, { output: values, bound: values.map(() => bound) });
}

testDecoders(
  "ids in any pieces give what a whole row gives",
  SUBJECTS,
  async (subject, device) => {
    using model = await load(subject, device);
    const random = new Random(7);
    for (const piece of device.name === "webgpu" ? [5] : [3, 512]) {
      const rows = [drawIds(random, 33), drawIds(random, 21)];
      const runner = model.startDecoding({
        capacity: 4,
        longest: 33,
        selfExtend: subject.self_extend,
        piece,
      });
      const done = [0, 0];
      // Rows of different lengths: dynamic positions are for the longest of a call.
      const isDynamic = model.config.rope!.scaling.type === "dynamic";
      while (done[0] < 33) {
        const before = [...done];
        rows.forEach((row, r) => {
          const drawn = random.uniform() < 0.4 ? 1 : Math.ceil(random.uniform() * 14);
          done[r] = Math.min(
            row.length,
            done[r] + (before[0] === 0 ? drawn : drawn - (r * drawn % 2)),
          );
        });
        const next = rows.map((row, parent) => ({
          parent,
          ids: row.slice(before[parent], done[parent]),
        }));
        const logits = before[0] === 0
          ? await runner.start(next.map(({ ids }) => ids))
          : await runner.step(next);
        const data = await logits.getData();
        logits.dispose();
        let at = 0;
        for (const [r, { ids }] of next.entries()) {
          if (ids.length === 0) continue;
          const actual = data.slice(60 * at, 60 * ++at);
          if (isDynamic && done[r] < 33) continue;
          assertClose(
            model,
            actual,
            await wholeRow(model, rows[r].slice(0, done[r]), subject.self_extend),
          );
        }
      }
      runner.dispose();
    }
  },
);

testDecoders(
  "rows that fork",
  SUBJECTS.slice(5, 7).concat(SUBJECTS[2]),
  async (subject, device) => {
    using model = await load(subject, device);
    const random = new Random(9);
    let rows = [drawIds(random, 17), drawIds(random, 6)];
    const runner = model.startDecoding({
      selfExtend: subject.self_extend,
      capacity: 9,
      longest: 40,
    });
    (await runner.start(rows)).dispose();
    const steps = device.name === "webgpu" ? 4 : 14;
    for (let step = 0; step < steps; step++) {
      const parents = Array.from({ length: 4 }, () => Math.floor(random.uniform() * rows.length));
      // Once many ids at a time, after rows lie in many pieces.
      const next = parents.map((parent) => ({ parent, ids: drawIds(random, step === 9 ? 11 : 1) }));
      const logits = await runner.step(next);
      rows = next.map(({ parent, ids }) => [...rows[parent], ...ids]);
      const data = await logits.getData();
      logits.dispose();
      if (step % 3 !== 0) continue;
      for (const r of [0, 3]) {
        const actual = data.slice(60 * r, 60 * (r + 1));
        assertClose(model, actual, await wholeRow(model, rows[r], subject.self_extend));
      }
    }
    runner.dispose();
  },
);

for (const self_extend of [undefined, { group_size: 3, window_size: 5 }]) {
  Deno.test(`slots of dropped rows are used again, ${JSON.stringify(self_extend)}`, async () => {
    using backend = new CpuBackend();
    using model = await load(SUBJECTS[0], backend);
    const runner = model.startDecoding({ selfExtend: self_extend, capacity: 32, longest: 40 });
    (await runner.start([[5]])).dispose();
    const held = backend.memory().bytes;
    for (let step = 0; step < 20; step++) {
      // All four rows continue the same one: three ids of each step are dropped by the next.
      const rows = [6, 7, 8, 9].map((id) => ({ parent: 0, ids: [id] }));
      (await runner.step(rows)).dispose();
    }
    assertEquals(backend.memory().bytes, held);
    runner.dispose();
  });
}

async function bytesOfRing(window_size: number, ids: number): Promise<number> {
  using backend = new CpuBackend();
  using model = await load(SUBJECTS[0], backend);
  const held = backend.memory().bytes;
  const selfExtend = { group_size: 4, window_size };
  const runner: SequenceRunner = model.startDecoding({ capacity: ids, selfExtend, piece: 16 });
  (await runner.start([drawIds(new Random(1), ids)])).dispose();
  const bytes = backend.memory().bytes - held;
  runner.dispose();
  return bytes;
}

Deno.test("Self-Extend keeps only a window of keys twice", async () => {
  // Two layers, keys and values of two heads of eight columns.
  const perId = 2 * 2 * 16 * 4;
  const bytes = await bytesOfRing(8, 160);
  assert(bytes >= 160 * perId && bytes <= (160 + 8 + 64) * perId, `${bytes}`);
});

Deno.test("Self-Extend is chosen by length, from the model or by the call", async () => {
  using backend = new CpuBackend();
  const folder = goldenPath("decoders/llama");
  const self_extend = { group_size: 3, window_size: 8 };
  using model = await AutoModelForCausalLM.from_pretrained(folder, {
    device: backend,
    self_extend,
  });
  using plain = await AutoModelForCausalLM.from_pretrained(folder, { device: backend });
  const input_ids = [drawIds(new Random(2), 44)];
  const logitsOf = async (of: DecoderLM, option?: typeof self_extend | "auto" | null) =>
    (await of({ input_ids, ...(option !== undefined && { self_extend: option }) })).logits.data;
  const extended = await logitsOf(model);
  assertEquals(await logitsOf(plain, self_extend), extended);
  // (44 − 8) / (0.6·32 − 8) is above 3.
  assertEquals(
    await logitsOf(plain, "auto"),
    await logitsOf(plain, { group_size: 4, window_size: 8 }),
  );
  const ordinary = await logitsOf(model, null);
  assertEquals(await logitsOf(plain), ordinary);
  assert(ordinary.some((x, i) => Math.abs(x - extended[i]) > 1e-3));
  const short = { input_ids: [[5, 6, 7]] };
  assertEquals(
    (await plain({ ...short, self_extend: "auto" })).logits.data,
    (await plain(short)).logits.data,
  );
});

Deno.test("a sequence that is too long warns with what would do", async () => {
  using backend = new CpuBackend();
  using model = await load(SUBJECTS[0], backend);
  const inputs = { input_ids: [drawIds(new Random(3), 47)] };
  assertEquals(await warningsOf(() => model(inputs)), [
    "A sequence of 47 tokens is longer than the 32 that this model has positions for, which makes " +
    "it worse. What would do: self_extend: { group_size: 4, window_size: 8 }",
  ]);
  const self_extend = { group_size: 2, window_size: 20 };
  assertEquals(await warningsOf(() => model({ ...inputs, self_extend })), [
    "A sequence of 47 tokens is longer than the 44 that this model has positions for with " +
    'self_extend {"group_size":2,"window_size":20}, which makes it worse. What would do: ' +
    "self_extend: { group_size: 4, window_size: 8 }",
  ]);
  assertEquals(await warningsOf(() => model({ ...inputs, self_extend: "auto" })), []);
});

Deno.test("self_extend and causal attention are checked", async () => {
  using backend = new CpuBackend();
  using model = await load(SUBJECTS[0], backend);
  const input_ids = [[3, 4]];
  const wrong: [unknown, typeof TypeError | typeof RangeError, string][] = [
    ["all", TypeError, "self_extend"],
    [{ group_size: 2 }, TypeError, "window_size undefined in self_extend"],
    [{ group_size: 2, window_size: 4, scale: 1 }, TypeError, "scale"],
    [{ group_size: 0, window_size: 4 }, RangeError, "group_size 0 in self_extend"],
    [{ group_size: 2, window_size: 1.5 }, RangeError, "window_size 1.5 in self_extend"],
  ];
  for (const [self_extend, error, message] of wrong as [never, typeof TypeError, string][]) {
    await assertRejects(() => model({ input_ids, self_extend }), error, message);
    await assertRejects(() => model.generate({ input_ids, self_extend }), error, message);
    const options = { device: backend, self_extend };
    await assertRejects(
      () => AutoModelForCausalLM.from_pretrained(goldenPath("decoders/llama"), options),
      error,
      message,
    );
  }
  const self_extend = { group_size: 2, window_size: 4 };
  const bert = goldenPath("heads/bert_causal_lm");
  await assertRejects(
    () => AutoModelForCausalLM.from_pretrained(bert, { device: backend, self_extend }),
    RangeError,
    "with self_extend: wanted a decoder with rotary positions",
  );
  using other = await AutoModelForCausalLM.from_pretrained(bert, { device: backend });
  await assertRejects(() => other({ input_ids, self_extend }), TypeError, "only a rotary decoder");
  await assertRejects(() => other.generate({ input_ids, self_extend }), TypeError, "only a rotary");
  using encoder = await AutoModelForCausalLM.from_pretrained(bert, {
    device: backend,
    config: { is_decoder: false },
  });
  assertThrows(() => encoder.startDecoding(), RangeError, "no causal attention");
});
