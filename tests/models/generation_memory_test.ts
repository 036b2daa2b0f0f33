import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { parseConfig } from "../../checkpoint/mod.ts";
import { CpuBackend } from "../../cpu/mod.ts";
import { AutoModelForSeq2SeqLM } from "../../generation/mod.ts";
import {
  assertGenerationFits,
  type GenerationDemand,
  generationMemory,
  generationRoom,
} from "../../models/generation_memory.ts";
import { WasmBackend } from "../../wasm/mod.ts";
import { tinyCheckpoint } from "../helpers/tiny_checkpoint.ts";

const GIGABYTES = 2 ** 30;

/** facebook/bart-large as LSG-BART of 16,384 tokens. */
const LARGE = parseConfig({
  model_type: "bart",
  architectures: ["LSGBartForConditionalGeneration"],
  adaptive: true,
  base_model_prefix: "lsg",
  block_size: 128,
  sparse_block_size: 128,
  sparsity_factor: 2,
  sparsity_type: "norm",
  lsh_num_pre_rounds: 1,
  mask_first_token: false,
  num_global_tokens: 1,
  pool_with_global: true,
  pass_global_tokens_to_decoder: true,
  max_position_embeddings: 16384,
});

const DEMAND: GenerationDemand = { documents: [16383], beams: 4, max_length: 256 };

/** The WebAssembly memory with the model's weights in it. */
const WASM = {
  limits: { bytes: 4 * GIGABYTES, tensorBytes: 4 * GIGABYTES },
  held: 1.7 * GIGABYTES,
  floatBytes: 4,
};

Deno.test("generationMemory() of bart-large at 16,384 tokens", () => {
  const { documents, rows, step, encoding, peak, largest } = generationMemory(LARGE, DEMAND);
  assertEquals(documents, 2 * 12 * 16384 * 1024 * 4); // 1.6 GB
  assertEquals(rows, 2 * 12 * 4 * 256 * 1024 * 4);
  assert(step > 4 * 50265 * 4 && step < 1e6, `${step}`);
  assert(encoding > 6 * 16384 * 1024 * 4 && peak === documents + rows + step);
  assertEquals(largest, 16384 * 1024 * 4);
  const halves = generationMemory(LARGE, { ...DEMAND, memory_dtype: "fp16" });
  assertEquals(halves.documents, documents / 2);
  const bytes = generationMemory(LARGE, { ...DEMAND, memory_dtype: "q8" });
  assertEquals(bytes.documents, documents / 4 + 2 * 12 * 16384 * 16 * 4);
  assertEquals(generationMemory(LARGE, { ...DEMAND, documents: [] }).peak, 0);
});

/** The message of a call that does not fit. */
function message(
  demand: Partial<GenerationDemand>,
  room: Partial<typeof WASM> = {},
  dtypes: Parameters<typeof assertGenerationFits>[3] = ["fp16", "q8"],
): string {
  const all = { ...DEMAND, ...demand };
  const error = assertThrows(
    () => assertGenerationFits(LARGE, all, { ...WASM, ...room }, dtypes),
    RangeError,
  );
  assert(error.message.length < 700, error.message);
  return error.message;
}

/** Asserts that a change fits, and that more of it would not. */
function assertSuggested(
  text: string,
  pattern: RegExp,
  changed: (n: number) => Partial<GenerationDemand>,
  room = WASM,
) {
  const [, number] = pattern.exec(text) ?? [];
  assert(number !== undefined, text);
  const tryOne = (n: number) => assertGenerationFits(LARGE, { ...DEMAND, ...changed(n) }, room);
  tryOne(Number(number));
  assertThrows(() => tryOne(Number(number) + 1), RangeError);
}

Deno.test("assertGenerationFits() says which change is enough", () => {
  assertGenerationFits(LARGE, DEMAND, WASM);
  const two = { documents: [16383, 12000] };
  const text = message(two);
  assertStringIncludes(
    text,
    "2 documents of at most 16383 tokens with 4 rows each of up to 256 ids",
  );
  assertStringIncludes(text, "take 1741 MB");
  assertStringIncludes(text, "keys and values of the documents in fp16, or 1 of the documents");
  assert(!text.includes("num_beams") && !text.includes("max_length"), text);
  const cut = (tokens: number) => ({ documents: two.documents.map((n) => Math.min(n, tokens)) });
  assertSuggested(text, /of at most (\d+) tokens$/, cut);
  assert(!message(two, {}, []).includes("fp16"));
});

Deno.test("assertGenerationFits() suggests fewer beams and a shorter result", () => {
  const long = { beams: 30, max_length: 1000 };
  const text = message(long);
  assertSuggested(text, /num_return_sequences (\d+)/, (beams) => ({ ...long, beams }));
  assertSuggested(text, /max_length (\d+)/, (max_length) => ({ ...long, max_length }));
  assert(!text.includes("of the documents in a call"), text);
});

Deno.test("assertGenerationFits() combines changes where none is enough", () => {
  const demand = { beams: 40, max_length: 1024, documents: [16383, 16383, 16383] };
  const text = message(demand, { held: 3 * GIGABYTES });
  assertStringIncludes(text, "one document of at most");
  assertStringIncludes(text, "with num_beams 1, keys and values of the document in q8");
  const nothing = message(demand, { held: 3.99 * GIGABYTES });
  assertStringIncludes(nothing, "Not even one document");
});

Deno.test("assertGenerationFits() knows the largest tensor of a backend", () => {
  const limits = { bytes: Infinity, tensorBytes: 2 ** 27 };
  assertGenerationFits(LARGE, DEMAND, { limits, held: 0, floatBytes: 4 });
  const small = { limits: { bytes: Infinity, tensorBytes: 2 ** 25 }, held: 0, floatBytes: 4 };
  const text = message({}, small);
  assertStringIncludes(text, "need a tensor of 64 MB, and the backend takes at most 32 MB in one");
  assertSuggested(text, /of at most (\d+) tokens$/, (tokens) => ({ documents: [tokens] }), small);
});

Deno.test("backends say what they can hold", async () => {
  using wasm = await WasmBackend.open({ threads: 1 });
  assert(wasm.limits.bytes > 3.9 * GIGABYTES && wasm.limits.bytes < 4 * GIGABYTES);
  wasm.floats(new Float32Array(1000), [1000]);
  assertEquals(generationRoom(wasm), { limits: wasm.limits, held: 4000, floatBytes: 4 });
  using cpu = new CpuBackend();
  assertEquals(cpu.limits, { bytes: Infinity, tensorBytes: Infinity });
});

/** Notes the most memory that was held after an operation. */
class WatchedBackend extends CpuBackend {
  most = 0;

  override run<Call extends (...args: never[]) => unknown>(
    ...args: Parameters<CpuBackend["run"]>
  ): ReturnType<Call> {
    const result = super.run(...args);
    this.most = Math.max(this.most, this.memory().bytes);
    return result as ReturnType<Call>;
  }
}

const LSG = { block_size: 16, num_global_tokens: 2, max_sequence_length: 256 } as const;
const CASES = [
  { model_type: "bart" },
  { model_type: "bart", lsg: { ...LSG, sparsity_type: "norm", sparsity_factor: 2 } },
  { model_type: "bart", lsg: { ...LSG, sparsity_type: "none" } },
  { model_type: "mbart", lsg: { ...LSG, sparsity_type: "pooling", sparsity_factor: 4 } },
  { model_type: "pegasus" },
  { model_type: "led" },
] as const;

/** Calls in which the rows need most, or the documents' keys and values, or the encoder. */
const CALLS = [
  { documents: [20], beams: 4, max_length: 50, layers: 3 },
  { documents: [100, 200], beams: 3, max_length: 6, layers: 3 },
  { documents: [250], beams: 1, max_length: 4, layers: 1 },
] as const;

const PAIRS = CASES.flatMap((model) => CALLS.map((call) => [model, call] as const));

for (const [{ model_type, ...more }, { layers, ...demand }] of PAIRS) {
  const { documents, beams, max_length } = demand;
  const lsg = "lsg" in more ? more.lsg : undefined;
  const name = `${lsg ? `${lsg.sparsity_type} ` : ""}${model_type}, [${documents}], ${beams} beams`;
  Deno.test(`generationMemory() is what a call needs: ${name}`, async () => {
    using backend = new WatchedBackend();
    const source = await tinyCheckpoint("ConditionalGeneration", {
      model_type,
      vocab_size: 40,
      hidden_size: 64,
      d_model: 64,
      encoder_layers: 2,
      decoder_layers: layers,
      encoder_attention_heads: 2,
      decoder_attention_heads: 2,
      encoder_ffn_dim: 64,
      decoder_ffn_dim: 64,
      max_position_embeddings: 256,
      max_encoder_position_embeddings: 256,
      max_decoder_position_embeddings: 256,
      attention_window: [16, 16],
    });
    using model = await AutoModelForSeq2SeqLM.from_pretrained(source, {
      device: backend,
      ...(lsg && { lsg: { ...lsg, random_global_init: true } }),
    });
    const held = backend.memory().bytes;
    backend.most = 0;
    const longest = Math.max(...documents);
    const row = (count: number, value: number, rest: number) =>
      Array.from({ length: longest }, (_, i) => i < count ? value : rest);
    await model.generate({
      input_ids: documents.map((count) => row(count, 7, 1)),
      attention_mask: documents.map((count) => row(count, 1, 0)),
      // The first token of a LED's document is global.
      ...(model_type === "led" && {
        global_attention_mask: documents.map(() => row(1, 1, 0)),
      }),
      num_beams: beams,
      max_length,
      min_length: max_length,
      eos_token_id: null,
    });
    const used = backend.most - held;
    const { peak } = generationMemory(model.config, demand);
    assert(used <= peak && used > 0.97 * peak, `used ${used} of ${peak} bytes`);
    assertEquals(backend.memory().bytes, held);
  });
}
