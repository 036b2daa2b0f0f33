/**
 * A decoder in transformers.js on onnxruntime-web:
 * `transformers_js.ts PASSES THREADS PACKAGES MODELS NAME TOKENS DTYPE`.
 *
 * Its build for pages, as the one for Node runs onnxruntime-node.
 *
 * @module
 */
import { resolve, toFileUrl } from "@std/path";
import { report } from "./outcome.ts";

/** The part of the package that is used. */
interface TransformersJs {
  readonly env: {
    allowRemoteModels: boolean;
    allowLocalModels: boolean;
    useBrowserCache: boolean;
    localModelPath: string;
    readonly version: string;
    readonly backends: {
      readonly onnx: { readonly wasm: { numThreads?: number; wasmPaths?: unknown } };
    };
  };
  readonly AutoModelForCausalLM: {
    from_pretrained(name: string, options: Record<string, unknown>): Promise<{
      generate(inputs: Record<string, unknown>): Promise<{ readonly dims: readonly number[] }>;
    }>;
  };
  readonly Tensor: new (type: "int64", data: BigInt64Array, dims: number[]) => unknown;
}

const [passesJson, threads, packages, models, name, tokens, dtype] = Deno.args;
const urlOf = (path: string) => toFileUrl(resolve(path)).href;
const file = `${models}/${name}/onnx/model${dtype === "q8" ? "_quantized" : ""}.onnx`;
const script = `${packages}/@huggingface/transformers/dist/transformers.js`;
for (const [what, path] of [["model", file], ["package", script]]) {
  try {
    await Deno.stat(path);
  } catch {
    console.log(JSON.stringify({ skipped: `missing ${what} ${path}` }));
    Deno.exit();
  }
}
const { env, AutoModelForCausalLM, Tensor }: TransformersJs = await import(urlOf(script));
env.allowRemoteModels = false;
env.allowLocalModels = true;
env.useBrowserCache = false;
env.localModelPath = `${urlOf(models)}/`;
// The build that it chooses itself.
const runtime = urlOf(`${packages}/onnxruntime-web/dist/ort-wasm-simd-threaded.asyncify`);
Object.assign(env.backends.onnx.wasm, {
  numThreads: Number(threads),
  wasmPaths: { mjs: `${runtime}.mjs`, wasm: `${runtime}.wasm` },
});
const model = await AutoModelForCausalLM.from_pretrained(name, { dtype, device: "wasm" });
const input_ids = new Tensor("int64", BigInt64Array.of(5n), [1, 1]);
const attention_mask = new Tensor("int64", BigInt64Array.of(1n), [1, 1]);
const settings = { max_new_tokens: Number(tokens), do_sample: false, eos_token_id: null };
await report(`@huggingface/transformers ${env.version}`, JSON.parse(passesJson), async () => {
  const { dims } = await model.generate({ input_ids, attention_mask, ...settings });
  if (dims[1] !== 1 + Number(tokens)) throw new RangeError(`${dims[1] - 1} tokens`);
});
Deno.exit();
