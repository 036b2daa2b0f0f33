import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  drawParameters,
  type Head,
  type ModelConfig,
  modelParameters,
  parseConfig,
} from "../../checkpoint/mod.ts";
import { EncoderModel, loadParts, MaskedLM } from "../../models/mod.ts";
import { everything } from "../../attention/mod.ts";
import type { DataType } from "../../ops/backend.ts";
import type { Floats } from "../../ops/mod.ts";
import { quantizedLayout } from "../../tensor/quantized_layout.ts";
import { Random } from "../../tensor/random.ts";
import { Arena } from "../../wasm/machine/memory.ts";
import { WasmBackend } from "../../wasm/mod.ts";
import { assertSameBits } from "../helpers/compare.ts";

/** What is in use; recording takes memory without touching it, so these tests are quick. */
interface Level {
  readonly used: number;
  readonly tensors: number;
}

/** A backend, what it has in use now, and the address after the highest one that it ever used. */
interface Watched {
  readonly device: WasmBackend;
  readonly level: () => Level;
  readonly highest: () => number;
}

/** Opens a backend and looks into its arena. */
async function openWatched(threads: number, dtype?: DataType): Promise<Watched> {
  const { allocate } = Arena.prototype;
  let arena: Arena | undefined;
  Arena.prototype.allocate = function (...options) {
    arena = this;
    return allocate.apply(this, options);
  };
  const device = await WasmBackend.open({ threads, dtype });
  Arena.prototype.allocate = allocate;
  return {
    device,
    level: () => ({ used: arena!.used, tensors: device.memory().tensors }),
    highest: () => arena!.highest,
  };
}

function weightsOf(config: ModelConfig, head: Head) {
  return drawParameters(modelParameters(config, head), 0.02, new Random(0));
}

function idsOf(batch: number, tokens: number): number[][] {
  return Array.from({ length: batch }, () => Array.from({ length: tokens }, (_, i) => i % 7));
}

/** RoBERTa with LSG attention. */
const LSG = {
  model_type: "roberta",
  base_model_prefix: "lsg",
  block_size: 64,
  sparse_block_size: 64,
};

function runsNothing(): never {
  throw new Error("a layer has run");
}

for (const threads of [1, 2]) {
  Deno.test(`wasm: an encoder that needs more than 4 GB fails before it runs, ${threads} threads`, async () => {
    // A row of 1,024 floats for each of 250,000 tokens is 1 GB, and a layer holds five.
    const config = parseConfig({
      model_type: "roberta",
      vocab_size: 10,
      hidden_size: 1024,
      intermediate_size: 8,
      num_hidden_layers: 1,
      num_attention_heads: 16,
      max_position_embeddings: 502,
    });
    const { device, level } = await openWatched(threads);
    const model = new EncoderModel(await loadParts(config, weightsOf(config, "Model"), { device }));
    const pass = async (batch: number) => {
      const { last_hidden_state, pooler_output } = await model({ input_ids: idsOf(batch, 50) });
      const values = await last_hidden_state.getData();
      last_hidden_state.dispose();
      pooler_output?.dispose();
      return values;
    };
    const first = await pass(2);
    const before = level();
    for (const output_hidden_states of [false, true]) {
      const input_ids = idsOf(500, 500);
      const inputs = { input_ids, output_hidden_states, layer_callback: runsNothing };
      const error = await assertRejects(() => model(inputs), RangeError, "of WebAssembly memory");
      assert(
        /of 4096 MB are in use .* a smaller batch needs less/.test(error.message),
        error.message,
      );
      assertEquals(level(), before);
    }
    assertSameBits(await pass(2), first);
    assertEquals(level(), before);
    model.dispose();
    device.dispose();
  });

  Deno.test(`wasm: hidden states of more than 4 GB fail before a layer runs, ${threads} threads`, async () => {
    const { device, level } = await openWatched(threads);
    // A row of 64 floats for each of 800,000 tokens is 205 MB. 17 of them fit, but no layer beside
    // them; 33 do not.
    for (const num_hidden_layers of [16, 32]) {
      const config = parseConfig({
        model_type: "roberta",
        vocab_size: 10,
        hidden_size: 64,
        intermediate_size: 8,
        num_hidden_layers,
        num_attention_heads: 1,
        max_position_embeddings: 502,
      });
      const parts = await loadParts(config, weightsOf(config, "Model"), { device });
      const model = new EncoderModel(parts);
      const before = level();
      const inputs = { input_ids: idsOf(1600, 500), output_hidden_states: true };
      const error = await assertRejects(
        () => model({ ...inputs, layer_callback: runsNothing }),
        RangeError,
        "of WebAssembly memory",
      );
      const tells =
        /^Cannot keep 33 hidden states of 1600·500 tokens: .* output_hidden_states: false$/;
      assertEquals(tells.test(error.message), num_hidden_layers === 32, error.message);
      assertEquals(level(), before);
      model.dispose();
    }
    device.dispose();
  });

  Deno.test(`wasm: logits of more than 4 GB fail before the encoder runs, ${threads} threads`, async () => {
    const config = parseConfig({
      model_type: "roberta",
      vocab_size: 60_000,
      hidden_size: 8,
      intermediate_size: 8,
      num_hidden_layers: 1,
      num_attention_heads: 2,
      max_position_embeddings: 514,
    });
    const { device, level } = await openWatched(threads);
    const weights = weightsOf(config, "MaskedLM");
    const model = new MaskedLM(await loadParts(config, weights, { device }));
    const input_ids = idsOf(40, 512);
    const predict = async () => {
      const logits = await model.logitsAt({ input_ids }, input_ids.map((_, i) => [i]));
      const values = await logits.getData();
      logits.dispose();
      return values;
    };
    const first = await predict();
    const before = level();
    const error = await assertRejects(
      () => model({ input_ids, layer_callback: runsNothing }),
      RangeError,
      "Cannot predict 60000 words for 40·512 tokens: Cannot allocate 4689 MB of WebAssembly memory",
    );
    assert(error.message.includes("and so does logitsAt()"), error.message);
    assertEquals(level(), before);
    assertSameBits(await predict(), first);
    assertEquals(level(), before);
    model.dispose();
    device.dispose();
  });

  Deno.test(`wasm: a scope that fails forgets what it recorded, ${threads} threads`, async () => {
    const { device, level } = await openWatched(threads);
    const x = device.floats(new Float32Array([1, 2, 3, 4]), [1, 2, 2]);
    const y = device.add(x, x);
    const made = device.add(x, y).reshape([2, 2]);
    const before = level();
    assertThrows(
      () =>
        device.scope(() => {
          // The weights are packed by an operation, which is forgotten too.
          const product = device.linear(x, made);
          device.reserve([2 ** 20, 2 ** 20]);
          return product;
        }),
      RangeError,
    );
    assertEquals(level(), before);
    // [1, 2; 3, 4] times the transpose of [3, 6; 9, 12].
    assertEquals([...await device.linear(x, made).getData()], [15, 33, 33, 75]);
    assertEquals([...await y.getData()], [2, 4, 6, 8]);
    device.dispose();
  });
}

/** Allocates until no piece of a cache line is left. */
function fillMemory(device: WasmBackend): Floats[] {
  const held: Floats[] = [];
  for (let floats = 2 ** 28; floats >= 16;) {
    try {
      held.push(device.reserve([floats]));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      floats /= 2;
    }
  }
  return held;
}

for (const threads of [1, 2]) {
  Deno.test(`wasm: after a memory that was full to the last line the next call works, ${threads} threads`, async () => {
    const { device, level } = await openWatched(threads);
    const x = device.floats(new Float32Array([1, 2, 3, 4]), [1, 1, 4]);
    const before = level();
    for (let pass = 0; pass < 2; pass++) {
      const held = fillMemory(device);
      assertThrows(
        () => device.add(x, x),
        RangeError,
        "Cannot allocate 1 MB of WebAssembly memory",
      );
      // One line is enough for a sum: the list of operations has its own memory.
      held.pop()!.dispose();
      const sum = device.add(x, x);
      assertEquals([...await sum.getData()], [2, 4, 6, 8]);
      [...held, sum].forEach((tensor) => tensor.dispose());
      assertEquals(level(), before);
      // An upload, which may not take what recorded operations use, finds room at once.
      device.floats(new Float32Array(64), [64]).dispose();
      const again = device.add(x, x);
      assertEquals([...await again.getData()], [2, 4, 6, 8]);
      again.dispose();
    }
    device.dispose();
  });

  Deno.test(`wasm: lists longer than their memory run in pieces, ${threads} threads`, async () => {
    const { device, level } = await openWatched(threads);
    const ones = device.floats(new Float32Array(16).fill(1), [1, 1, 16]);
    const held = fillMemory(device);
    const before = level();
    held.pop()!.dispose();
    // Each sum takes the line that the sum before the last one gave back.
    held.pop()!.dispose();
    let sum = device.add(ones, ones);
    for (let i = 0; i < 10_000; i++) {
      const next = device.add(sum, ones);
      sum.dispose();
      sum = next;
    }
    assertEquals([...await sum.getData()], Array(16).fill(10_002));
    sum.dispose();
    held.push(...fillMemory(device));
    assertEquals(level().used, before.used);
    device.dispose();
  });

  Deno.test(`wasm: an operation longer than the list takes memory or is refused, ${threads} threads`, async () => {
    const { device } = await openWatched(threads);
    const x = device.floats(new Float32Array([1, 2]), [1, 2, 1]);
    const source = { keys: x, values: x, first: 0, count: 2, spans: [everything(2)] };
    const sources = Array.from({ length: 5000 }, () => source);
    const attend = () =>
      device.attend(x, [{ first: 0, count: 2, sources }], { heads: 1, scale: 0 });
    const held = fillMemory(device);
    held.splice(-2).forEach((tensor) => tensor.dispose());
    assertThrows(attend, RangeError, "Cannot allocate 1 MB of WebAssembly memory");
    assertEquals([...await device.add(x, x).getData()], [2, 4]);
    held.forEach((tensor) => tensor.dispose());
    const mean = attend();
    assertEquals([...await device.add(x, mean).getData()], [2.5, 3.5]);
    device.dispose();
  });
}

/** Models, and how many tensors of the size of their output a pass holds at once, with its masks. */
const HELD: readonly (readonly [string, Readonly<Record<string, unknown>>, DataType, number])[] = [
  // Input, query, key, value, output; with LSG the sparse list.
  ["full attention", { model_type: "roberta" }, "fp32", 5.1],
  ["LSG", LSG, "fp32", 6.1],
  // Keys as floats are gone before there is an output.
  ["full attention", { model_type: "roberta" }, "q8", 4.6],
  ["LSG", LSG, "q8", 5.9],
  // Turns are half an output here, and the inner rows of a piece take more than the attention.
  ["EuroBERT", { model_type: "eurobert" }, "fp32", 11.6],
  ["Llama", { model_type: "llama" }, "fp32", 11.6],
  // Query, key and value are one layer's output first.
  ["ModernBERT", { model_type: "modernbert", intermediate_size: 96 }, "fp32", 9.7],
  ["GPT-NeoX", { model_type: "gpt_neox" }, "fp32", 8.2],
];

for (const [name, keys, dtype, held] of HELD) {
  Deno.test(`wasm: a pass of ${name} in ${dtype} holds ${held} tensors of its output's size`, async () => {
    const tokens = 4096;
    const config = parseConfig({
      vocab_size: 10,
      hidden_size: 64,
      intermediate_size: 256,
      num_hidden_layers: 2,
      num_attention_heads: 2,
      max_position_embeddings: tokens + 2,
      pad_token_id: 1,
      ...keys,
    });
    const { device, highest } = await openWatched(1, dtype);
    const model = new EncoderModel(await loadParts(config, weightsOf(config, "Model"), { device }));
    const before = highest();
    const { last_hidden_state } = await model({ input_ids: idsOf(1, tokens) });
    const outputs = (highest() - before) / (tokens * 64 * 4);
    assert(outputs <= held && outputs > held - 0.1, `${outputs}`);
    last_hidden_state.dispose();
    device.dispose();
  });
}

Deno.test("wasm: a memory that does not grow is an error that leaves it as it was", async () => {
  const { device, level } = await openWatched(1);
  const { grow } = WebAssembly.Memory.prototype;
  const before = level();
  try {
    WebAssembly.Memory.prototype.grow = () => {
      throw new RangeError("Unable to grow");
    };
    assertThrows(
      () => device.reserve([2 ** 28]),
      RangeError,
      "Cannot allocate 1024 MB of WebAssembly",
    );
    assertEquals(level(), before);
  } finally {
    WebAssembly.Memory.prototype.grow = grow;
  }
  const x = device.floats(new Float32Array([1]), [1, 1, 1]);
  assertEquals([...await device.add(x, x).getData()], [2]);
  device.dispose();
});

for (const [dtype, form] of [["fp32", "floats"], ["q8", "floats"], ["q8", "integers"]] as const) {
  Deno.test(`wasm: ${form} that cannot be packed for ${dtype} leave nothing behind, nor write elsewhere`, async () => {
    const { device, level } = await openWatched(2, dtype);
    const weight = (inputs: number) => {
      const { padded, blocks } = quantizedLayout(inputs);
      const integers = {
        inputs,
        values: new Int8Array(8 * padded),
        steps: new Float32Array(8 * blocks).fill(1),
      };
      const values = form === "floats" ? new Float32Array(8 * inputs) : integers;
      return device.weight(values, [8, inputs]);
    };
    weight(1024);
    // Memory for the weight, not for a copy of its rows beside it.
    const inputs = 2 ** 20, bytes = 8 * inputs * (dtype === "q8" ? 1 : 4);
    const rest = device.reserve([(device.limits.bytes - 1.8 * bytes) / 4 | 0]);
    const { tensors } = level();
    assertThrows(() => weight(inputs), RangeError, "Cannot allocate");
    const failed = level();
    assertThrows(() => weight(inputs), RangeError, "Cannot allocate");
    assertEquals(level(), failed);
    assertEquals(failed.tensors, tensors);
    rest.dispose();
    const x = device.floats(new Float32Array(8192).fill(7), [8192]);
    weight(512);
    assertEquals(await x.getData(), new Float32Array(8192).fill(7));
    device.dispose();
  });
}
