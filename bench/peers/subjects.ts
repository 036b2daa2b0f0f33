/**
 * Subjects of the comparison: this library and its peers, on the same shapes.
 *
 * @module
 */
import { countModernBertFlop } from "../modernbert_base.ts";
import { countRobertaFlop, type RobertaAttention } from "../roberta_base.ts";
import {
  countTrainFlop,
  type TrainedParameters,
  type TrainModelName,
} from "../train/train_model.ts";
import type { Passes } from "./outcome.ts";
import { STEP_WEIGHTS } from "../smol_lm.ts";
import { VERSIONS } from "./package.ts";

/** An implementation to measure in a separate process. */
export interface Subject {
  /** Name for `--only`. */
  readonly name: string;
  /** Task to compute. */
  readonly task: Task;
  /** Library and settings, for the table. */
  readonly implementation: string;
  /** Program that runs it. */
  readonly program: "deno" | "python";
  /** Script in the repository, and its arguments. */
  readonly args: readonly string[];
  /** Checkpoint that it reads, if any. */
  readonly checkpoint?: RobertaCheckpoint | "modernbert";
  /** The data type of the decoder's checkpoint that it reads, if any. */
  readonly decoder?: "fp32" | "q8";
  /** Command that installs it; absent for this library. */
  readonly install?: string;
}

/** A checkpoint that a subject reads. */
export interface RobertaCheckpoint {
  /** Length of the longest text. */
  readonly tokens: number;
  /** Whether attention is LSG. */
  readonly hasLsg: boolean;
  /** The data type of its matrices; as a peer's int8, ours of 8 bits are read from a file of such. */
  readonly dtype: "fp32" | "q8";
}

/** A computation to measure. */
export interface Task {
  /** Name for the table. */
  readonly name: string;
  /** Multiplications and additions of matrix products. */
  readonly flop: number;
}

/** Folder of checkpoints and results. */
export const CACHE = ".cache/peers";

/** Number of threads of every subject. */
const THREADS = "2";

const PASSES = JSON.stringify({ warmups: 1, repeats: 3 } satisfies Passes);

/** Where passes are long: one without a warm-up, so it is not compared with those of others. */
const ONE_PASS = JSON.stringify({ warmups: 0, repeats: 1 } satisfies Passes);

const TRANSFORMERS_JS = "@huggingface/transformers@4.3.2";

const PIP = "pip install -r tools/requirements-peers.txt";

/** `[M, K] · [N, K]ᵀ`. */
function linearSubjects(m: number, n: number, k: number): Subject[] {
  const task = { name: `linear ${m}×${n}×${k}`, flop: 2 * m * n * k };
  const args = [PASSES, THREADS, m, n, k].map(String);
  return [
    {
      name: `own-linear-${m}`,
      task,
      implementation: "@lsg/core wasm",
      program: "deno",
      args: ["bench/peers/own_linear.ts", ...args],
    },
    {
      name: `jax-js-linear-${m}`,
      task,
      implementation: "jax-js wasm",
      program: "deno",
      args: ["bench/peers/jax_js.ts", ...args],
      install: cacheCommand("@jax-js/jax"),
    },
  ];
}

function robertaTask(tokens: number, attention: RobertaAttention): Task {
  return {
    name: `RoBERTa ${tokens.toLocaleString("en")} tokens, ${attention}`,
    flop: countRobertaFlop(tokens, attention),
  };
}

function ownSubject(
  tokens: number,
  attention: RobertaAttention,
  dtype: "fp32" | "q8",
): Subject {
  const checkpoint = { tokens, hasLsg: attention === "LSG", dtype };
  const passes = tokens > 8192 ? ONE_PASS : PASSES;
  const folder = `${CACHE}/${nameCheckpoint(checkpoint)}`;
  return {
    name: `own-${attention.toLowerCase()}-${tokens}-${dtype}`,
    task: robertaTask(tokens, attention),
    implementation: `@lsg/core wasm ${dtype}`,
    program: "deno",
    args: ["bench/peers/own_encoder.ts", passes, THREADS, folder, String(tokens), dtype],
    checkpoint,
  };
}

function torchSubject(tokens: number, attention: RobertaAttention): Subject {
  const passes = tokens > 4096 ? ONE_PASS : PASSES;
  const lower = attention.toLowerCase();
  return {
    name: `torch-${lower}-${tokens}`,
    task: robertaTask(tokens, attention),
    implementation: attention === "LSG" ? "lsg-converter fp32" : "PyTorch SDPA fp32",
    program: "python",
    args: ["tools/peer_torch.py", passes, THREADS, lower, String(tokens)],
    install: PIP,
  };
}

function onnxSubject(
  tokens: number,
  packageName: "onnxruntime-node" | "onnxruntime-web",
  dtype: "fp32" | "int8",
): Subject {
  const file = `${CACHE}/roberta_${dtype}.onnx`;
  return {
    name: `${packageName}-${tokens}-${dtype}`,
    task: robertaTask(tokens, "full"),
    implementation: `${packageName} ${dtype}`,
    program: "deno",
    args: ["bench/peers/onnx_runtime.ts", PASSES, THREADS, packageName, file, String(tokens)],
    install: `${cacheCommand(packageName)}; ${PIP}; python tools/export_onnx.py`,
  };
}

/** ModernBERT-base, ours and in ONNX Runtime, whose local layers compute all scores. */
function modernBertSubjects(tokens: number): Subject[] {
  const task = {
    name: `ModernBERT ${tokens.toLocaleString("en")} tokens`,
    flop: countModernBertFlop(tokens),
  };
  const file = `${CACHE}/modernbert_fp32.onnx`;
  const packages = ["onnxruntime-web", "onnxruntime-node"] as const;
  return [
    ...["fp32", "q8"].map((dtype): Subject => ({
      name: `own-modernbert-${tokens}-${dtype}`,
      task,
      implementation: `@lsg/core wasm ${dtype}`,
      program: "deno",
      args: [
        "bench/peers/own_encoder.ts",
        ONE_PASS,
        THREADS,
        `${CACHE}/modernbert`,
        String(tokens),
        dtype,
      ],
      checkpoint: "modernbert",
    })),
    ...packages.map((name): Subject => ({
      name: `${name}-modernbert-${tokens}`,
      task,
      implementation: `${name} fp32`,
      program: "deno",
      args: ["bench/peers/onnx_runtime.ts", ONE_PASS, THREADS, name, file, String(tokens)],
      install: `${cacheCommand(name)}; python tools/export_modernbert_onnx.py`,
    })),
  ];
}

function cacheCommand(name: keyof typeof VERSIONS): string {
  return `deno cache --no-lock npm:${name}@${VERSIONS[name]}`;
}

/**
 * Names the folder of a checkpoint.
 *
 * @param checkpoint What it holds.
 * @returns The name.
 */
export function nameCheckpoint({ tokens, hasLsg, dtype }: RobertaCheckpoint): string {
  return `roberta_${hasLsg ? "lsg" : "full"}_${tokens}${dtype === "q8" ? "_q8" : ""}`;
}

/** Ours, by what is kept of a layer. */
const IMPLEMENTATIONS = {
  "": "@lsg/core wasm fp32",
  checkpoint: "@lsg/core, checkpoints",
  attention: "@lsg/core, attention kept",
} as const;

/** A training step, ours and that of the published package. */
function trainSubjects(
  model: TrainModelName,
  trained: TrainedParameters,
  checkpoints: readonly ("" | "checkpoint" | "attention")[] = [""],
): Subject[] {
  const task = {
    name: `train ${model}, ${trained}`,
    flop: countTrainFlop(model, 4096, trained),
  };
  const passes = JSON.stringify({ warmups: 1, repeats: model === "roberta" ? 1 : 5 });
  const args = [passes, THREADS, model, trained, "4096"];
  return [
    ...checkpoints.map((checkpoint): Subject => ({
      name: `own-${checkpoint || "train"}-${model}-${trained}`,
      task,
      implementation: IMPLEMENTATIONS[checkpoint],
      program: "deno",
      args: ["bench/train/train_step.ts", ...args, checkpoint],
    })),
    {
      name: `torch-train-${model}-${trained}`,
      task,
      implementation: "lsg-converter fp32",
      program: "python",
      args: ["tools/peer_train_torch.py", ...args],
      install: PIP,
    },
  ];
}

/** Tokens that a decoder writes in a pass, after one that it is given. */
const TOKENS = 16;

const DECODER_TASK: Task = {
  name: `Llama 135 M, ${TOKENS} tokens`,
  flop: 2 * TOKENS * STEP_WEIGHTS,
};

/**
 * Names the folder of a decoder's checkpoint.
 *
 * @param dtype The data type of its matrices.
 * @returns The name.
 */
export function nameDecoder(dtype: "fp32" | "q8"): string {
  return dtype === "fp32" ? "smol_lm" : "smol_lm_q8";
}

/** Of a decoder with either data type, ours and transformers.js. */
function decoderSubjects(dtype: "fp32" | "q8"): Subject[] {
  const theirs = dtype === "q8" ? "int8" : "fp32";
  const packages = `${CACHE}/transformers_js`;
  const folder = `${CACHE}/${nameDecoder(dtype)}`;
  const args = [
    ...[PASSES, THREADS, `${packages}/node_modules`, CACHE, nameDecoder("fp32")],
    ...[String(TOKENS), dtype],
  ];
  return [
    {
      name: `own-decoder-${dtype}`,
      task: DECODER_TASK,
      implementation: `@lsg/core wasm ${dtype}`,
      program: "deno",
      args: ["bench/peers/own_decoder.ts", PASSES, THREADS, folder, String(TOKENS), dtype],
      decoder: dtype,
    },
    {
      name: `transformers-js-${theirs}`,
      task: DECODER_TASK,
      implementation: `transformers.js wasm ${theirs}`,
      program: "deno",
      args: ["bench/peers/transformers_js.ts", ...args],
      decoder: "fp32", // which is exported
      install: `npm install --ignore-scripts --prefix ${packages} ${TRANSFORMERS_JS}; ` +
        `${PIP}; python tools/export_decoder.py`,
    },
  ];
}

/** Training steps of 4,096 tokens. */
export const TRAIN_SUBJECTS: readonly Subject[] = [
  ...trainSubjects("embedded", "all"),
  ...trainSubjects("embedded", "globals"),
  ...trainSubjects("roberta", "globals", ["", "checkpoint", "attention"]),
  ...trainSubjects("roberta", "all", ["checkpoint", "attention"]), // without checkpoints it needs too much memory
];

/** All subjects, in the order in which they run. */
export const SUBJECTS: readonly Subject[] = [
  ...linearSubjects(4096, 768, 768),
  ...linearSubjects(1024, 1024, 1024),
  ownSubject(512, "full", "fp32"),
  ownSubject(512, "full", "q8"),
  onnxSubject(512, "onnxruntime-web", "fp32"),
  onnxSubject(512, "onnxruntime-web", "int8"),
  torchSubject(512, "full"),
  ownSubject(4096, "LSG", "fp32"),
  ownSubject(4096, "LSG", "q8"),
  torchSubject(4096, "LSG"),
  torchSubject(4096, "full"),
  onnxSubject(4096, "onnxruntime-node", "fp32"),
  onnxSubject(4096, "onnxruntime-node", "int8"),
  ownSubject(8192, "LSG", "q8"),
  onnxSubject(8192, "onnxruntime-node", "int8"),
  ownSubject(16384, "LSG", "fp32"),
  ownSubject(16384, "LSG", "q8"),
  torchSubject(16384, "LSG"),
  ...modernBertSubjects(4096),
  ...modernBertSubjects(8192),
  ...decoderSubjects("fp32"),
  ...decoderSubjects("q8"),
  ...TRAIN_SUBJECTS,
];
