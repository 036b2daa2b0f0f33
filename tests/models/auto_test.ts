import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { SPARSITY_TYPES } from "../../attention/mod.ts";
import { FolderSource } from "../../checkpoint/folder_source.ts";
import { MemorySource } from "../../checkpoint/memory_source.ts";
import type { CheckpointSource } from "../../checkpoint/source.ts";
import { showValue } from "../../base/show_value.ts";
import { CpuBackend } from "../../cpu/backend.ts";
import { AutoModel, AutoModelForMaskedLM, type PreTrainedOptions } from "../../models/mod.ts";
import { Random } from "../../tensor/random.ts";
import { assertFinite, assertSameBits } from "../helpers/compare.ts";
import { warningsOf } from "../helpers/warnings_of.ts";
import { drawIds, goldenPath, loadModel } from "./golden_models.ts";
import "../helpers/quiet_reference.ts";

const VANILLA = goldenPath("conversion/roberta_512");
const INPUT = { input_ids: [drawIds(new Random(1), 45)] };

Deno.test("from_pretrained names options that there are not", async () => {
  for (const auto of [AutoModel, AutoModelForMaskedLM]) {
    const options = { quantized: true, device: "cpu" } as PreTrainedOptions;
    await assertRejects(
      () => auto.from_pretrained(VANILLA, options),
      TypeError,
      'with quantized: that is dtype "q8"; wanted device,',
    );
    const others: [string, unknown, string][] = [
      ["subfolder", "onnx", "weights are read from model.safetensors"],
      ["model_file_name", "model", "weights are read from model.safetensors"],
      ["use_external_data_format", true, "weights are read from model.safetensors"],
      ["session_options", {}, "but the options device and threads"],
    ];
    for (const [name, value, says] of others) {
      const given = { [name]: value } as PreTrainedOptions;
      await assertRejects(() => auto.from_pretrained(VANILLA, given), TypeError, says);
    }
  }
});

Deno.test("from_pretrained takes null for absent, as transformers.js writes its defaults", async () => {
  const options = {
    progress_callback: null,
    config: null,
    cache_dir: null,
    local_files_only: null,
    revision: null,
    token: null,
    signal: null,
    device: null,
    dtype: null,
    threads: null,
    seed: null,
    lsg: null,
    attention: null,
    lsh_projections: null,
    quantized: null,
    model_file_name: null,
    use_external_data_format: undefined,
  } as unknown as PreTrainedOptions;
  const inputs = { input_ids: [[0, 5, 6, 2]] };
  using model = await AutoModel.from_pretrained(VANILLA, { device: "cpu" });
  using same = await AutoModel.from_pretrained(VANILLA, { ...options, device: model.backend });
  const wanted = (await model(inputs)).last_hidden_state.data;
  assertEquals((await same(inputs)).last_hidden_state.data, wanted);
  using automatic = await AutoModel.from_pretrained(VANILLA, options);
  assertEquals(automatic.config.lsg, undefined);
  const lsg = { max_sequence_length: 1024, block_size: 8, sparse_block_size: 8, seed: null };
  const nested = { lsg, device: "cpu" } as unknown as PreTrainedOptions;
  using converted = await AutoModel.from_pretrained(VANILLA, nested);
  assertEquals(converted.maxLength, 1024);
  const attention = { type: "longformer", attention_window: 16, max_sequence_length: null };
  const other = { attention, device: "cpu" } as unknown as PreTrainedOptions;
  (await AutoModel.from_pretrained(VANILLA, other)).dispose();
});

Deno.test("from_pretrained refuses options of the wrong type", async () => {
  for (const name of ["config", "lsg"]) {
    for (const value of [true, 5, "norm", []]) {
      const options = { [name]: value } as PreTrainedOptions;
      const load = () => AutoModel.from_pretrained(VANILLA, options);
      await assertRejects(load, TypeError, `${name} ${showValue(value)}: wanted an object`);
    }
  }
});

Deno.test("from_pretrained refuses options of the wrong value", async () => {
  for (
    const [options, message] of [
      [{ device: "abacus" }, '"abacus"'],
      [{ dtype: "fp12" }, '"fp12"'],
      [{ config: { sparsity_type: "dense" } }, '"dense"'],
      [{ config: { block_size: 0 } }, "block_size 0"],
      [{ lsg: { lenght: 5 } }, "lenght"],
    ] as [PreTrainedOptions, string][]
  ) {
    await assertRejects(() => loadModel("lsg_norm", options), RangeError, message);
  }
  const lsh = () => loadModel("lsg_lsh", { seed: -1 });
  await assertRejects(lsh, RangeError);
});

Deno.test("from_pretrained checks settings before it reads anything", async () => {
  const nothing = new MemorySource({});
  for (
    const [options, ErrorType, message] of [
      [{ dtype: "fp12" }, RangeError, '"fp12"'],
      [{ seed: 0.5 }, RangeError, "seed 0.5"],
      [{ seed: "1" }, RangeError, 'seed "1"'],
      [{ attention: "dense" }, RangeError, '"dense"'],
      [{ device: 7 }, TypeError, "device 7"],
      [{ device: { name: "cpu" } }, TypeError, 'device {"name":"cpu"}'],
      [{ device: new CpuBackend(), threads: 2 }, TypeError, "Cannot give threads"],
      [{ signal: true }, TypeError, "signal true: wanted an AbortSignal"],
    ] as [object, ErrorConstructor, string][]
  ) {
    await assertRejects(() => AutoModel.from_pretrained(nothing, options), ErrorType, message);
  }
});

Deno.test("from_pretrained refuses a backend of another dtype, and takes one of the same", async () => {
  const device = new CpuBackend({ dtype: "fp16" });
  await assertRejects(
    () => loadModel("lsg_norm", { device, dtype: "q8" }),
    RangeError,
    'dtype "q8" on a backend that was opened with "fp16"',
  );
  for (const dtype of [undefined, "fp16"] as const) {
    const model = await loadModel("lsg_norm", { device, dtype });
    assertEquals(model.backend.dtype, "fp16");
    model.dispose();
  }
});

Deno.test("from_pretrained names the class that a checkpoint is of, where another is asked for", async () => {
  await assertRejects(
    () => AutoModelForMaskedLM.from_pretrained(goldenPath("heads/bert_question_answering")),
    RangeError,
    "The weights do not match BertForMaskedLM (the config names BertForQuestionAnswering)",
  );
});

Deno.test("from_pretrained says which file is missing", async () => {
  const load = (checkpoint: string) => AutoModel.from_pretrained(goldenPath(checkpoint));
  await assertRejects(() => load("no_such_folder"), RangeError, "there is no such folder");
  await assertRejects(
    () => load("models"),
    RangeError,
    "models is not a checkpoint: it has no config.json",
  );
});

Deno.test("a failed load leaves nothing on a shared backend", async () => {
  const device = new CpuBackend();
  const options = { device, config: { hidden_size: 32 } };
  await assertRejects(() => loadModel("lsg_norm", options), RangeError);
  assertEquals(device.memory(), { tensors: 0, bytes: 0 });
});

Deno.test("a load that runs out of memory leaves nothing on a shared backend", async () => {
  let room = 0;
  class Small extends CpuBackend {
    override floats(values: Float32Array, dims: readonly number[]) {
      if (room-- === 0) throw new RangeError("Out of memory");
      return super.floats(values, dims);
    }
  }
  const device = new Small();
  const load = async (most: number) => {
    room = most;
    using _model = await loadModel("lsg_lsh", { device });
    return room;
  };
  const needed = 1000 - await load(1000);
  for (const most of [0, needed - 2, needed - 1]) {
    await assertRejects(() => load(most), RangeError, "Out of memory");
    assertEquals(device.memory(), { tensors: 0, bytes: 0 });
  }
});

Deno.test("a progress_callback that throws leaves nothing on a shared backend", async () => {
  const device = new CpuBackend();
  const load = async (stop: number) => {
    let calls = 0;
    const progress_callback = () => {
      if (++calls === stop) throw new Error("enough");
    };
    using _model = await loadModel("lsg_norm", { device, progress_callback });
    return calls;
  };
  for (let stop = await load(Infinity); stop > 0; stop--) {
    await assertRejects(() => load(stop), Error, "enough");
    assertEquals(device.memory(), { tensors: 0, bytes: 0 });
  }
});

Deno.test("from_pretrained that is aborted reports no progress afterwards", async () => {
  const files = new FolderSource(goldenPath("models/lsg_norm"));
  const controller = new AbortController();
  const reads: Promise<unknown>[] = [];
  const slow: CheckpointSource = {
    name: "slow",
    open: async (name) => {
      const file = await files.open(name);
      return file && {
        name: file.name,
        size: file.size,
        read: (start, end) => {
          const reading = (async () => {
            if (name === "model.safetensors") {
              controller.abort(new Error("enough"));
              await new Promise((resolve) => setTimeout(resolve, 20));
            }
            return await file.read(start, end);
          })();
          reads.push(reading);
          return reading;
        },
      };
    },
  };
  let calls = 0;
  const options = { signal: controller.signal, progress_callback: () => calls++ };
  await assertRejects(() => AutoModel.from_pretrained(slow, options), Error, "enough");
  calls = 0;
  await Promise.all(reads);
  await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals(calls, 0);
});

Deno.test("from_pretrained aborts, and leaves nothing on a shared backend", async () => {
  const device = new CpuBackend();
  const signal = AbortSignal.abort(new Error("enough"));
  await assertRejects(() => loadModel("lsg_norm", { device, signal }), Error, "enough");
  assertEquals(device.memory(), { tensors: 0, bytes: 0 });
});

Deno.test("config overrides replace the file's keys, each sparsity type runs", async () => {
  const outputs: Float32Array[] = [];
  for (const sparsity_type of SPARSITY_TYPES) {
    const model = await loadModel("lsg_norm", { config: { sparsity_type } });
    assertEquals(model.config.lsg?.sparsity_type, sparsity_type);
    const output = await (await model(INPUT)).last_hidden_state.getData();
    assertFinite(output);
    outputs.forEach((other) => assertNotEquals(output, other));
    outputs.push(output);
    model.dispose();
  }
});

Deno.test("without overrides the file's keys hold", async () => {
  const model = await loadModel("lsg_norm_g7_mask_first");
  const { sparsity_type, num_global_tokens, mask_first_token } = model.config.lsg!;
  assertEquals({ sparsity_type, num_global_tokens, mask_first_token }, {
    sparsity_type: "norm",
    num_global_tokens: 7,
    mask_first_token: true,
  });
  model.dispose();
});

Deno.test("a vanilla model of 512 tokens reads 1,000 once it is converted in memory", async () => {
  const input_ids = [drawIds(new Random(3), 1000)];
  const vanilla = await AutoModelForMaskedLM.from_pretrained(VANILLA);
  assertEquals(vanilla.config.lsg, undefined);
  await assertRejects(() => vanilla({ input_ids }), RangeError, "1000 tokens");
  vanilla.dispose();

  const lsg = { max_sequence_length: 1024, block_size: 32, sparse_block_size: 32 };
  const model = await AutoModelForMaskedLM.from_pretrained(VANILLA, { lsg });
  assertEquals(model.maxLength, 1024);
  assertEquals(model.config.lsg?.block_size, 32);
  const { logits } = await model({ input_ids });
  assertEquals(logits.dims, [1, 1000, model.config.vocab_size]);
  assertFinite(await logits.getData());
  model.dispose();
});

Deno.test("a converted model reads a token's own 512 positions as the vanilla one does", async () => {
  const input_ids = [drawIds(new Random(3), 20)];
  const hidden = { input_ids, output_hidden_states: true };
  const vanilla = await AutoModel.from_pretrained(VANILLA);
  const model = await AutoModel.from_pretrained(VANILLA, { lsg: { max_sequence_length: 1024 } });
  const [embedded, wanted] = [
    (await model(hidden)).hidden_states!,
    (await vanilla(hidden)).hidden_states!,
  ];
  assertSameBits(await embedded[0].getData(), await wanted[0].getData());
  // The global token is one key more, so the layers differ.
  assertNotEquals(await embedded[1].getData(), await wanted[1].getData());
  vanilla.dispose();
  model.dispose();
});

for (const name of ["models/lsg_norm", "models/modernbert", "conversion/bart_lsg_768"]) {
  Deno.test(`the option lsg keeps length and global tokens of a model that has LSG: ${name}`, async () => {
    const config = { base_model_prefix: "lsg", block_size: 4, sparse_block_size: 4 };
    const load = (options: PreTrainedOptions) =>
      AutoModel.from_pretrained(goldenPath(name), { device: "cpu", ...options });
    // In Python keys of the config are replaced.
    using wanted = await load({ config: { ...config, sparsity_type: "stride" } });
    using model = await load({ config, lsg: { sparsity_type: "stride" } });
    assertEquals(model.config.lsg, wanted.config.lsg);
    assertEquals(model.maxLength, wanted.maxLength);
    for (const [weight, tensor] of wanted.parameters.entries()) {
      assertSameBits(await model.parameters.get(weight).getData(), await tensor.getData());
    }
  });
}

Deno.test("a model that has LSG gets another length and new global tokens if they are asked for", async () => {
  const globals = async (lsg: PreTrainedOptions["lsg"]) => {
    using model = await loadModel("lsg_norm", { lsg });
    return await model.parameters.get("embeddings.global_embeddings.weight").getData();
  };
  const kept = await globals({ max_sequence_length: 256 });
  assertSameBits(await globals({}), kept);
  assertSameBits(await globals({ random_global_init: true, resize_lsg: true }), kept);
  await warningsOf(async () => {
    assertNotEquals(await globals({ random_global_init: true }), kept);
    // These make them of a mask token, which this model's tokenizer lacks: they are not ignored.
    for (const made of [{ global_positional_stride: 2 }, { use_token_ids: false }]) {
      await assertRejects(() => globals(made), RangeError, "Cannot make global tokens");
    }
    const first = await globals({ random_global_init: true, keep_first_global_token: true });
    assertSameBits(first.subarray(0, 16), kept.subarray(0, 16));
    assertNotEquals(first, kept);
  });
  using model = await loadModel("lsg_norm", { lsg: { max_sequence_length: 256 } });
  assertEquals(model.maxLength, 256);
});

Deno.test("a stride that leaves tokens unseen warns, others do not", async () => {
  const load = (config: Record<string, unknown>) =>
    warningsOf(async () => (await loadModel("lsg_stride_sharded", { config })).dispose());
  for (const sparsity_type of ["stride", "block_stride"]) {
    const warnings = await load({ sparsity_type, sparsity_factor: 4 });
    assertEquals(warnings.length, 1);
    assert(warnings[0].includes(`sparsity_factor 4 with sparsity_type "${sparsity_type}"`));
    assert(warnings[0].includes("2 heads"), warnings[0]);
  }
  assertEquals(await load({}), []);
  assertEquals(await load({ sparsity_type: "norm", sparsity_factor: 4 }), []);
});
