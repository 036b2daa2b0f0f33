/**
 * RoBERTa-base with full attention in ONNX Runtime:
 * `onnx_runtime.ts PASSES THREADS PACKAGE FILE TOKENS`.
 *
 * @module
 */
import { makeTokenIds } from "../token_ids.ts";
import { VOCABULARY } from "../roberta_base.ts";
import { report } from "./outcome.ts";
import { importPackage, VERSIONS } from "./package.ts";

/** The part of both packages that is used. */
interface OnnxRuntime {
  readonly env: { readonly wasm: { numThreads?: number } };
  readonly InferenceSession: {
    create(model: string | Uint8Array, options: Record<string, unknown>): Promise<{
      run(inputs: Record<string, unknown>): Promise<Record<string, { dispose(): void }>>;
    }>;
  };
  readonly Tensor: new (type: "int64", data: BigInt64Array, dims: number[]) => unknown;
}

const [passesJson, threadsJson, name, file, tokensJson] = Deno.args;
const [threads, tokens] = [Number(threadsJson), Number(tokensJson)];
try {
  await Deno.stat(file);
} catch {
  console.log(JSON.stringify({ skipped: `missing model ${file}` }));
  Deno.exit();
}
const packageName = name as "onnxruntime-node" | "onnxruntime-web";
const ort = await importPackage<OnnxRuntime>(packageName);
ort.env.wasm.numThreads = threads;
const isNative = packageName === "onnxruntime-node";
const session = await ort.InferenceSession.create(isNative ? file : await Deno.readFile(file), {
  executionProviders: [isNative ? "cpu" : "wasm"],
  intraOpNumThreads: threads,
});
const ids = BigInt64Array.from(makeTokenIds(tokens, VOCABULARY), BigInt);
const input_ids = new ort.Tensor("int64", ids, [1, tokens]);
const versions = `${packageName} ${VERSIONS[packageName]}`;
await report(versions, JSON.parse(passesJson), async () => {
  const { last_hidden_state } = await session.run({ input_ids });
  last_hidden_state.dispose();
});
Deno.exit();
