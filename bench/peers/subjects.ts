/**
 * What is measured: this library and its peers, on the same shapes.
 *
 * @module
 */
import { type RobertaAttention, robertaFlop } from "../roberta_base.ts";
import type { Passes } from "./outcome.ts";
import { VERSIONS } from "./package.ts";

/** Something that computes, in a process of its own. */
export interface Subject {
  /** What `--only` finds it by. */
  readonly name: string;
  /** What is computed. */
  readonly task: Task;
  /** Who computes it, and how. */
  readonly who: string;
  /** What runs it. */
  readonly program: "deno" | "python";
  /** A file of the repository and its arguments. */
  readonly args: readonly string[];
  /** The checkpoint that it reads, if it needs one. */
  readonly checkpoint?: { readonly tokens: number; readonly hasLsg: boolean };
  /** How to install it; absent for this library. */
  readonly install?: string;
}

/** What is computed. */
export interface Task {
  /** For the table. */
  readonly name: string;
  /** Multiplications and additions of matrix products. */
  readonly flop: number;
}

/** Where checkpoints and results are kept. */
export const CACHE = ".cache/peers";

/** Threads of every subject. */
const THREADS = "2";

const PASSES = JSON.stringify({ warmups: 1, repeats: 3 } satisfies Passes);

/** 16,384 tokens take half a minute: a single pass shows enough. */
const ONE_PASS = JSON.stringify({ warmups: 0, repeats: 1 } satisfies Passes);

const PIP = "pip install -r tools/requirements-peers.txt";

/** `[M, K] · [N, K]ᵀ`. */
function linear(m: number, n: number, k: number): Subject[] {
  const task = { name: `linear ${m}×${n}×${k}`, flop: 2 * m * n * k };
  const args = [PASSES, THREADS, m, n, k].map(String);
  return [
    {
      name: `own-linear-${m}`,
      task,
      who: "@lsg/core wasm",
      program: "deno",
      args: ["bench/peers/own_linear.ts", ...args],
    },
    {
      name: `jax-js-linear-${m}`,
      task,
      who: "jax-js wasm",
      program: "deno",
      args: ["bench/peers/jax_js.ts", ...args],
      install: denoCache("@jax-js/jax"),
    },
  ];
}

function roberta(tokens: number, attention: RobertaAttention): Task {
  return {
    name: `RoBERTa ${tokens.toLocaleString("en")} tokens, ${attention}`,
    flop: robertaFlop(tokens, attention),
  };
}

function own(tokens: number, attention: RobertaAttention, dtype: string): Subject {
  const checkpoint = { tokens, hasLsg: attention === "LSG" };
  const passes = tokens > 4096 ? ONE_PASS : PASSES;
  const folder = `${CACHE}/${checkpointName(checkpoint)}`;
  return {
    name: `own-${attention.toLowerCase()}-${tokens}-${dtype}`,
    task: roberta(tokens, attention),
    who: `@lsg/core wasm ${dtype}`,
    program: "deno",
    args: ["bench/peers/own_encoder.ts", passes, THREADS, folder, String(tokens), dtype],
    checkpoint,
  };
}

function torch(tokens: number, attention: RobertaAttention): Subject {
  const passes = tokens > 4096 ? ONE_PASS : PASSES;
  const lower = attention.toLowerCase();
  return {
    name: `torch-${lower}-${tokens}`,
    task: roberta(tokens, attention),
    who: attention === "LSG" ? "lsg-converter, PyTorch fp32" : "PyTorch SDPA fp32",
    program: "python",
    args: ["tools/peer_torch.py", passes, THREADS, lower, String(tokens)],
    install: PIP,
  };
}

function onnx(
  tokens: number,
  packageName: "onnxruntime-node" | "onnxruntime-web",
  dtype: "fp32" | "int8",
): Subject {
  const file = `${CACHE}/roberta_${dtype}.onnx`;
  return {
    name: `${packageName}-${tokens}-${dtype}`,
    task: roberta(tokens, "full"),
    who: `${packageName} ${dtype}`,
    program: "deno",
    args: ["bench/peers/onnx_runtime.ts", PASSES, THREADS, packageName, file, String(tokens)],
    install: `${denoCache(packageName)}; ${PIP}; python tools/export_onnx.py`,
  };
}

function denoCache(name: keyof typeof VERSIONS): string {
  return `deno cache --no-lock npm:${name}@${VERSIONS[name]}`;
}

/**
 * What a checkpoint's folder is called.
 *
 * @param checkpoint Its longest text, and whether its attention is LSG.
 * @returns The name.
 */
export function checkpointName({ tokens, hasLsg }: NonNullable<Subject["checkpoint"]>): string {
  return `roberta_${hasLsg ? "lsg" : "full"}_${tokens}`;
}

/** All subjects, in the order in which they run. */
export const SUBJECTS: readonly Subject[] = [
  ...linear(4096, 768, 768),
  ...linear(1024, 1024, 1024),
  own(512, "full", "fp32"),
  onnx(512, "onnxruntime-web", "fp32"),
  torch(512, "full"),
  own(4096, "LSG", "fp32"),
  own(4096, "LSG", "q8"),
  torch(4096, "LSG"),
  torch(4096, "full"),
  onnx(4096, "onnxruntime-node", "fp32"),
  onnx(4096, "onnxruntime-node", "int8"),
  own(16384, "LSG", "fp32"),
  torch(16384, "LSG"),
];
