/** The memory of a training, planned and measured. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { CpuBackend } from "../../cpu/mod.ts";
import { AutoModelForSeq2SeqLM } from "../../generation/mod.ts";
import {
  AutoModelForMaskedLM,
  AutoModelForMultipleChoice,
  AutoModelForQuestionAnswering,
  AutoModelForSequenceClassification,
} from "../../models/mod.ts";
import type { HiddenStates, PreTrainedModel } from "../../models/pretrained_model.ts";
import type { Backend, Floats, MemoryLimits, OperationName } from "../../ops/backend.ts";
import { AdamW } from "../../training/adam_w.ts";
import { assertTrainingFits } from "../../training/assert_training_fits.ts";
import { MeasuringBackend } from "../../training/measuring_backend.ts";
import { Tape } from "../../training/tape.ts";
import { selectTrainable, type Trainable } from "../../training/trainable.ts";
import { type StepDemand, trainingMemory } from "../../training/training_memory.ts";
import { Arena } from "../../wasm/machine/memory.ts";
import { WasmBackend } from "../../wasm/mod.ts";
import { goldenPath } from "../models/golden_models.ts";
import "../helpers/quiet_reference.ts";

/** A reference backend that notes the most memory, and may have a limit. */
class Noting extends CpuBackend {
  highest = 0;
  most: MemoryLimits = super.limits;

  override get limits(): MemoryLimits {
    return this.most;
  }

  protected override launch(
    name: OperationName,
    operands: unknown,
    result: unknown,
    shape: unknown,
  ): void {
    super.launch(name, operands, result, shape);
    this.highest = Math.max(this.highest, this.memory().bytes);
  }
}

const tensorsOf = (model: PreTrainedModel<HiddenStates>, trainable: Trainable) =>
  selectTrainable(model, trainable).map(([, tensor]) => tensor);

/** Two steps of training; a pass has one sequence or several. */
async function train(
  model: PreTrainedModel<HiddenStates>,
  trainable: Trainable,
  { batch, tokens, decoder_tokens, accumulated = 1, checkpoint }: StepDemand,
): Promise<{ kept: number }> {
  const { backend, config } = model;
  const parameters = selectTrainable(model, trainable);
  const tape = new Tape(backend, parameters.map(([, tensor]) => tensor), {
    checkpoint,
    dropout: { seed: 1 },
  });
  const optimizer = new AdamW(backend, parameters);
  const view = model.on(tape);
  const ids = (count: number) =>
    Array.from(
      { length: batch },
      () =>
        Array.from({ length: count }, (_, i) =>
          i + 1 < count ? 3 + i % 30 : config.eos_token_id ?? 2),
    );
  const inputs = {
    input_ids: ids(tokens),
    ...(config.decoder && { decoder_input_ids: ids(decoder_tokens ?? tokens) }),
  };
  let kept = 0;
  for (let step = 0; step < 2; step++) {
    for (let pass = 0; pass < accumulated; pass++) {
      const before = backend.memory().bytes;
      const outputs = Object.values(await view(inputs)) as Floats[];
      const [logits] = outputs;
      const seed = backend.floats(new Float32Array(logits.size).fill(1e-3), logits.dims);
      kept = backend.memory().bytes - before;
      await tape.backward([logits, seed]);
      [...outputs, seed].forEach((tensor) => tensor.dispose());
    }
    await optimizer.step(tape.gradients, 1e-3);
    tape.zero();
  }
  optimizer.dispose();
  tape.dispose();
  return { kept };
}

const near = (planned: number, measured: number, share: number, what: string) =>
  assert(
    Math.abs(planned - measured) <= share * measured,
    `${what}: planned ${planned}, measured ${measured}`,
  );

const demand: StepDemand = { batch: 2, tokens: 60 };

Deno.test("planned memory is what the reference holds", async () => {
  const cases: [string, (device: Backend) => Promise<PreTrainedModel<HiddenStates>>, StepDemand][] =
    [
      ...["lsg_norm", "longformer", "lsg_lsh"].map((name) =>
        [
          name,
          (device: Backend) =>
            AutoModelForMaskedLM.from_pretrained(goldenPath(`models/${name}`), { device }),
          demand,
        ] as const
      ).map((each) => [...each] as [string, typeof each[1], StepDemand]),
      [
        "bart",
        (device) =>
          AutoModelForSeq2SeqLM.from_pretrained(goldenPath("seq2seq/bart_lsg_norm"), { device }),
        { batch: 2, tokens: 50, decoder_tokens: 20, accumulated: 2 },
      ],
    ];
  for (const [name, load, of] of cases) {
    for (const trainable of ["all", /embeddings|layer.1.|embed/] as const) {
      for (const checkpoint of [false, true]) {
        const device = new Noting();
        const model = await load(device);
        device.highest = 0;
        const wanted = { ...of, checkpoint };
        const trained = tensorsOf(model, trainable);
        const planned = await trainingMemory(model, trained, wanted);
        assertEquals(device.highest, 0, "nothing ran");
        const { kept } = await train(model, trainable, wanted);
        const text = `${name}, ${trainable}, ${checkpoint}`;
        assertEquals(planned.kept, kept, text);
        // Parameters that no loss is of, as Longformer's global projections here, have no moments.
        near(planned.peak, device.highest, 0.05, text);
        model.dispose();
        assertEquals(device.memory().tensors, 0);
        device.dispose();
      }
    }
  }
});

Deno.test("planned memory is that of wasm but for a few percent", async () => {
  const { allocate } = Arena.prototype;
  const seen = new Set<Arena>();
  Arena.prototype.allocate = function (...options) {
    seen.add(this);
    return allocate.apply(this, options);
  };
  const device = await WasmBackend.open({ threads: 1 });
  Arena.prototype.allocate = allocate;
  const model = await AutoModelForMaskedLM.from_pretrained("demo/model", { device });
  const [arena] = seen;
  const wanted = { batch: 1, tokens: 130, checkpoint: true };
  const planned = await trainingMemory(model, tensorsOf(model, "all"), wanted);
  await train(model, "all", wanted);
  // Kernels take some memory for themselves.
  near(planned.peak, arena.highest, 0.1, "wasm");
  model.dispose();
  device.dispose();
});

Deno.test("heads of each kind are planned", async () => {
  const device = new CpuBackend();
  const heads = [
    [AutoModelForSequenceClassification, "bert_sequence_classification"],
    [AutoModelForQuestionAnswering, "bert_question_answering"],
    [AutoModelForMultipleChoice, "bert_multiple_choice"],
  ] as const;
  for (const [load, folder] of heads) {
    const model = await load.from_pretrained(goldenPath(`heads/${folder}`), { device });
    const before = device.memory();
    const all = await trainingMemory(model, tensorsOf(model, "all"), demand);
    const head = await trainingMemory(model, tensorsOf(model, "head"), demand);
    assertEquals(device.memory(), before);
    assert(head.kept < 0.3 * all.kept, `${folder}: ${head.kept} of ${all.kept}`);
    assert(head.gradients < all.gradients && all.moments === 2 * all.gradients);
    model.dispose();
  }
  const words = await AutoModelForMaskedLM.from_pretrained(goldenPath("models/lsg_norm"), {
    device,
  });
  const trained = tensorsOf(words, "all");
  const few = await trainingMemory(words, trained, { ...demand, labelled: 5 });
  assert(few.kept < (await trainingMemory(words, trained, demand)).kept);
  await assertRejects(
    () => trainingMemory(words, trained, { ...demand, tokens: 0 }),
    RangeError,
    "tokens",
  );
  await assertRejects(
    () => trainingMemory(words, trained, { ...demand, length: 5 } as StepDemand),
    TypeError,
    "length",
  );
  device.dispose();
});

Deno.test("a plan makes no tensor, however large", async () => {
  const backend = new MeasuringBackend({ name: "wasm", dtype: "fp32" });
  const scores = backend.empty([1024, 4096, 50_000]);
  assertEquals(await scores.getData(), new Float32Array());
  assertEquals(backend.most.largest, 4 * 1024 * 4096 * 50_000);
  // Scores of 17 GB, of which a pass has several.
  using model = await AutoModelForMaskedLM.from_pretrained("demo/model", { device: "wasm" });
  const planned = await trainingMemory(model, tensorsOf(model, "all"), {
    batch: 1024,
    tokens: 512,
  });
  assert(planned.largest >= 4 * 1024 * 512 * model.config.vocab_size, `${planned.largest}`);
});

Deno.test("a training that does not fit is refused, with what would", async () => {
  const device = new Noting();
  const model = await AutoModelForMaskedLM.from_pretrained(goldenPath("models/lsg_norm"), {
    device,
  });
  const trained = tensorsOf(model, "all");
  const wanted = { batch: 4, tokens: 60 };
  const peak = async (of: StepDemand) => {
    const { peak, largest } = await trainingMemory(model, trained, of);
    return peak + largest;
  };
  const check = async (bytes: number, ...messages: string[]) => {
    device.most = { bytes: bytes * 32 / 31 + 1, tensorBytes: Infinity };
    for (const message of messages) {
      await assertRejects(() => assertTrainingFits(model, trained, wanted), RangeError, message);
    }
  };
  const checkpoint = true;
  device.most = { bytes: Infinity, tensorBytes: Infinity };
  assertEquals(
    await assertTrainingFits(model, trained, wanted),
    await trainingMemory(model, trained, wanted),
  );
  await check(
    await peak({ ...wanted, checkpoint }),
    "Cannot train: 4 sequences of 60 tokens in a pass need ",
    "What would fit: gradient_checkpointing, or per_device_train_batch_size ",
  );
  await check(await peak({ ...wanted, batch: 2 }), "per_device_train_batch_size 2 with more");
  await check(
    await peak({ ...wanted, batch: 1, checkpoint }),
    "What would fit: gradient_checkpointing with per_device_train_batch_size 1",
  );
  await check(1, "Not even 64 tokens would fit");
  device.most = { bytes: Infinity, tensorBytes: 1 };
  await assertRejects(
    () => assertTrainingFits(model, trained, wanted),
    RangeError,
    "and the backend takes at most 1 MB in one",
  );
  device.dispose();
});
