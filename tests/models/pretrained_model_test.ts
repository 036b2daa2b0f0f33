import { assert, assertEquals, assertRejects } from "@std/assert";
import type { MemoryUse } from "../../ops/backend.ts";
import { CpuBackend } from "../../cpu/backend.ts";
import {
  AutoModelForMaskedLM,
  AutoModelForQuestionAnswering,
  AutoModelForSequenceClassification,
  type ModelInputs,
} from "../../models/mod.ts";
import { Random } from "../../tensor/random.ts";
import { assertFinite, assertSameBits } from "../helpers/compare.ts";
import { testOnBackends } from "../helpers/test_on_backends.ts";
import { drawIds, FAMILY_FOLDERS, FOLDERS, goldenPath, loadModel } from "./golden_models.ts";
import "../helpers/quiet_reference.ts";

const NOTHING: MemoryUse = { tensors: 0, bytes: 0 };
const INPUT = { input_ids: [drawIds(new Random(1), 30), drawIds(new Random(2), 30)] };
const TOO_LONG = { input_ids: [drawIds(new Random(1), 65)] };

for (const folder of [...FOLDERS, ...FAMILY_FOLDERS]) {
  Deno.test(`${folder}: forward passes return to the level they started from`, async () => {
    const device = new CpuBackend();
    const model = await AutoModelForMaskedLM.from_pretrained(goldenPath(`models/${folder}`), {
      device,
    });
    const level = device.memory();
    assert(level.tensors > 0 && level.bytes > 0);
    for (let pass = 0; pass < 20; pass++) {
      const { logits, hidden_states } = await model({ ...INPUT, output_hidden_states: true });
      assertEquals(device.memory().tensors, level.tensors + 1 + hidden_states!.length);
      [logits, ...hidden_states!].forEach((tensor) => tensor.dispose());
      (await model.logitsAt(INPUT, [[1], [2]])).dispose();
      assertEquals(device.memory(), level);
    }
    model.dispose();
    assertEquals(device.memory(), NOTHING);
  });
}

Deno.test("outputs of the encoder without a head return their memory", async () => {
  const device = new CpuBackend();
  const model = await loadModel("roberta_model", { device });
  const level = device.memory();
  const { last_hidden_state, pooler_output } = await model(INPUT);
  assertEquals(device.memory().tensors, level.tensors + 2);
  last_hidden_state.dispose();
  pooler_output!.dispose();
  assertEquals(device.memory(), level);
  model.dispose();
});

Deno.test("an error leaves nothing behind", async () => {
  const device = new CpuBackend();
  const path = goldenPath("models/lsg_norm");
  const config = { adaptive: false };
  const model = await AutoModelForMaskedLM.from_pretrained(path, { device, config });
  const level = device.memory();
  const fail = () => {
    throw new Error("stop");
  };
  const hidden = { output_hidden_states: true };
  for (
    const [run, message] of [
      [() => model(TOO_LONG), "positions for 64"],
      [() => model({ input_ids: [[0, 90]] }), "the vocabulary"],
      [() => model({ ...INPUT, ...hidden }), "adaptive off"],
      [() => model.logitsAt(INPUT, [[1], [2]]), "adaptive off"],
      [
        () => model({ input_ids: [drawIds(new Random(1), 24)], ...hidden, layer_callback: fail }),
        "stop",
      ],
      [() => model.logitsAt({ input_ids: [[0, 5]] }, [[2]]), "row 2"],
    ] as const
  ) {
    await assertRejects(run, Error, message);
    assertEquals(device.memory(), level);
  }
  model.dispose();
  assertEquals(device.memory(), NOTHING);
});

/** A backend without memory for the last layer of a head, of so many outputs. */
class FullBackend extends CpuBackend {
  constructor(outputs: number) {
    super();
    const { linear } = this;
    this.linear = (...operands) => {
      if (operands[1].dims[0] === outputs) throw new RangeError("out of memory");
      return linear.call(this, ...operands);
    };
  }
}

for (
  const [auto, folder, outputs] of [
    [AutoModelForMaskedLM, "models/lsg_norm", 90],
    [AutoModelForSequenceClassification, "heads/roberta_lsg_sequence_classification", 3],
    [AutoModelForQuestionAnswering, "heads/distilbert_question_answering", 2],
  ] as const
) {
  Deno.test(`${folder}: a head that fails leaves nothing behind`, async () => {
    const device = new FullBackend(outputs);
    const model = await auto.from_pretrained(goldenPath(folder), { device });
    const level = device.memory();
    const run = () => model({ ...INPUT, output_hidden_states: true });
    await assertRejects(run, RangeError, "out of memory");
    assertEquals(device.memory(), level);
    model.dispose();
  });
}

Deno.test("two passes at once give what they give one after the other", async () => {
  const model = await AutoModelForMaskedLM.from_pretrained(goldenPath("models/lsg_norm"));
  const inputs = [INPUT, { input_ids: [drawIds(new Random(3), 45)] }];
  const read = async (input: ModelInputs) => await (await model(input)).logits.getData();
  const [first, second] = [await read(inputs[0]), await read(inputs[1])];
  assertEquals(await Promise.all(inputs.map(read)), [first, second]);
  model.dispose();
});

Deno.test("a model that is disposed during a pass says so and leaves nothing behind", async () => {
  const device = new CpuBackend();
  const path = goldenPath("models/lsg_norm");
  for (const layer of [1, 2]) {
    const model = await AutoModelForMaskedLM.from_pretrained(path, { device });
    const pass = model({
      ...INPUT,
      output_hidden_states: true,
      layer_callback: (done) => done.layer === layer && model.dispose(),
    });
    await assertRejects(() => pass, Error, "the model was disposed while it was running");
    assertEquals(device.memory(), NOTHING);
  }
});

Deno.test("a model does not dispose of a backend that it was given", async () => {
  const device = new CpuBackend();
  const first = await loadModel("lsg_norm", { device });
  const second = await loadModel("lsg_none", { device });
  assertEquals([first.backend, second.backend], [device, device]);
  first.dispose();
  const { last_hidden_state, pooler_output } = await second(INPUT);
  assertEquals(last_hidden_state.dims.slice(0, 2), [2, 30]);
  last_hidden_state.dispose();
  pooler_output!.dispose();
  second.dispose();
  assertEquals(device.memory(), NOTHING);
  assertEquals(device.floats(new Float32Array([1]), [1]).tolist(), [1]);
});

Deno.test("a model disposes of the backend that it opened", async () => {
  for (const device of [undefined, "auto", "cpu"] as const) {
    const model = await loadModel("lsg_norm", { device });
    const { backend } = model;
    model.dispose();
    assertEquals(backend.memory(), NOTHING);
    await assertRejects(() => model(INPUT), Error, "disposed");
  }
});

Deno.test("a model that is disposed of twice, or by using, is disposed of once", async () => {
  const device = new CpuBackend();
  let disposed = 0;
  {
    using model = await loadModel("lsg_lsh", { device });
    assert(device.memory().tensors > 0);
    assertEquals((await model(INPUT)).last_hidden_state.dims[1], 30);
  }
  {
    await using model = await loadModel("lsg_norm");
    const { backend } = model;
    const { dispose } = backend;
    backend.dispose = () => {
      disposed++;
      dispose.call(backend);
    };
    model.dispose();
    model.dispose();
  }
  assertEquals(disposed, 1);
  const model = await loadModel("lsg_norm", { device });
  await model[Symbol.asyncDispose]();
  await assertRejects(() => model(INPUT), Error, "it was disposed");
});

testOnBackends(
  "outputs are read when the promise resolves, and stay with the backend",
  [{ name: "lsg_norm" }, { name: "roberta_masked_lm" }],
  async ({ name }, device) => {
    const path = goldenPath(`models/${name}`);
    const model = await AutoModelForMaskedLM.from_pretrained(path, { device });
    const level = device.memory();
    const { logits, hidden_states } = await model({ ...INPUT, output_hidden_states: true });
    const outputs = [logits, ...hidden_states!];
    outputs.forEach((tensor) => assertFinite(tensor.data));
    assertEquals((logits.tolist() as number[][][])[1][29][89], logits.data.at(-1));
    const doubled = device.add(hidden_states![0], hidden_states![0]);
    assertSameBits(await doubled.getData(), hidden_states![0].data.map((x) => 2 * x));
    [...outputs, doubled].forEach((tensor) => tensor.dispose());
    assertEquals(device.memory(), level);
    model.dispose();
  },
);

testOnBackends(
  "a signal aborts a pass before it and after each layer, and nothing is left",
  [{ name: "lsg_norm" }, { name: "roberta_model" }, { name: "longformer" }],
  async ({ name }, device) => {
    const model = await loadModel(name, { device });
    const { num_hidden_layers: layers } = model.config;
    const level = device.memory();
    const reason = new Error("enough");
    await assertRejects(
      () => model({ ...INPUT, signal: AbortSignal.abort(reason) }),
      Error,
      "enough",
    );
    for (let last = 1; last <= layers; last++) {
      for (const output_hidden_states of [false, true]) {
        const controller = new AbortController();
        let heard = 0;
        const layer_callback = ({ layer }: { layer: number }) => {
          heard = layer;
          if (layer === last) controller.abort(reason);
        };
        const inputs = { ...INPUT, output_hidden_states, layer_callback };
        const pass = model({ ...inputs, signal: controller.signal });
        assertEquals(await assertRejects(() => pass, Error), reason);
        assertEquals(heard, last);
        assertEquals(device.memory(), level);
      }
    }
    const { last_hidden_state, pooler_output } = await model({
      ...INPUT,
      signal: new AbortController().signal,
    });
    assertFinite(last_hidden_state.data);
    [last_hidden_state, pooler_output].forEach((tensor) => tensor?.dispose());
    model.dispose();
  },
);

Deno.test("logitsAt aborts too, and a signal must be one", async () => {
  const model = await AutoModelForMaskedLM.from_pretrained(goldenPath("models/lsg_norm"));
  const signal = AbortSignal.abort(new Error("enough"));
  await assertRejects(() => model.logitsAt({ ...INPUT, signal }, [[1], [2]]), Error, "enough");
  const wrong = { ...INPUT, signal: {} as AbortSignal };
  await assertRejects(() => model(wrong), Error, "signal {}: wanted an AbortSignal");
  model.dispose();
});

Deno.test("rows that nobody asks for are not gathered", async () => {
  const gathered: (readonly number[])[] = [];
  const device = new CpuBackend();
  const { gatherRows } = device;
  device.gatherRows = (x, rows) => {
    gathered.push(rows.dims);
    return gatherRows.call(device, x, rows);
  };
  const counts = async (folder: string) => {
    const model = await AutoModelForMaskedLM.from_pretrained(goldenPath(folder), { device });
    const calls = [];
    for (
      const run of [
        () => model(INPUT),
        () => model({ ...INPUT, output_hidden_states: true }),
        () => model.logitsAt(INPUT, [[1, 2], [0, -1]]),
      ]
    ) {
      gathered.length = 0;
      await run();
      calls.push(gathered.map((dims) => dims.join()));
    }
    model.dispose();
    return calls;
  };
  // The last layer gathers its input and what it attended to; the last gathering leaves −1 out.
  const last = ["2,2", "2,2", "2,2"];
  assertEquals(await counts("models/roberta_masked_lm"), [[], [], last]);
  // Two layers: three hidden states, of which the last one goes to the head.
  assertEquals(await counts("models/lsg_norm"), [["1,30"], ["1,30", "1,30", "1,30"], last]);
  const model = await loadModel("roberta_model", { device });
  gathered.length = 0;
  await model(INPUT);
  assertEquals(gathered, [[1, 1]]); // the pooler's
});

Deno.test("values that were read stay readable after their tensor and model are gone", async () => {
  const model = await loadModel("lsg_norm");
  const { last_hidden_state } = await model(INPUT);
  const values = await last_hidden_state.getData();
  last_hidden_state.dispose();
  model.dispose();
  assertEquals(last_hidden_state.data, values);
  assert(values.some((value) => value !== 0));
});

Deno.test("calling a model and its forward method give the same", async () => {
  const model = await loadModel("lsg_norm");
  const called = await (await model(INPUT)).last_hidden_state.getData();
  const forwarded = await (await model.forward(INPUT)).last_hidden_state.getData();
  assertEquals(called, forwarded);
  model.dispose();
});
