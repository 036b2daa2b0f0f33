/**
 * `lsg batch plan` and `lsg batch run`.
 *
 * @module
 */
import { drawBar } from "../base/draw_bar.ts";
import { parseJsonObject } from "../base/json.ts";
import { showName } from "../base/show_value.ts";
import { type BatchSettings, fillQueue, planBatch, type PlanReport } from "../batch/mod.ts";
import { MOST_SHARD_DOCUMENTS } from "../batch/plan.ts";
import { HOSTED_TASKS, type HostedTask } from "../hosting/mod.ts";
import { type OptionValues, UsageError } from "./arguments.ts";
import { REDIS_OPTION } from "./batch_queue.ts";
import { doShards, WORK_OPTIONS } from "./batch_work.ts";
import { tokenOf, withCheckpoint } from "./checkpoint_options.ts";
import { chooseOne, requireCount } from "./choice.ts";
import { interruptedCode, withInterrupt } from "./interrupt.ts";
import type { ModelIo } from "./model_io.ts";
import { loadOptions, MODEL_OPTIONS } from "./model_options.ts";
import { withProgressLine } from "./progress.ts";
import { runCommand, warn } from "./run_command.ts";
import { escapeControls } from "./table.ts";

/** Tasks by the names of the commands that do them. */
const TASKS: Readonly<Record<string, HostedTask>> = {
  "encode": "feature-extraction",
  "classify": "text-classification",
  "zero-shot": "zero-shot-classification",
  "tag": "token-classification",
  "answer": "question-answering",
  "fill-mask": "fill-mask",
  "summarize": "summarization",
  "translate": "translation",
  "generate": "text-generation",
  ...Object.fromEntries(HOSTED_TASKS.map((task) => [task, task])),
};

const OPERANDS = [{
  placeholder: "INPUT…",
  description:
    "Files and folders: .jsonl, .ndjson and .parquet have a document in each row, files " +
    "of OpenAI batch requests one in each line, every other file is a document.",
  repeated: true,
}] as const;

const { device: _device, threads: _threads, ...modelOptions } = MODEL_OPTIONS;

const PLAN_OPTIONS = {
  task: {
    type: "string",
    placeholder: "TASK",
    description: `What is done: ${
      Object.keys(TASKS).slice(0, 9).join(", ")
    }, or a pipeline's name.`,
  },
  model: {
    type: "string",
    placeholder: "MODEL",
    description: "The checkpoint: a folder, owner/name on the hub, or a URL.",
  },
  out: {
    type: "string",
    placeholder: "DIR",
    description: "The batch's folder. If it has a plan, what is new is added to it.",
  },
  result: {
    type: "string",
    placeholder: "FORMAT",
    default: "jsonl",
    description: "Format of the results: jsonl; of embeddings also npy, with ids beside it, or " +
      "parquet.",
  },
  field: {
    type: "string",
    placeholder: "NAME",
    default: "text",
    description: "Field or column of the text.",
  },
  id_field: {
    type: "string",
    placeholder: "NAME",
    description: "Field or column of the id (the file's name and the row's number).",
  },
  shard_documents: {
    type: "number",
    placeholder: "N",
    description: "Most documents of a shard, which is what is lost if a worker is killed, from 1 " +
      `to ${MOST_SHARD_DOCUMENTS} (256).`,
  },
  parameters: {
    type: "string",
    placeholder: "JSON",
    description: "Options of the task's pipeline, such as '{\"normalize\": true}', " +
      '\'{"candidate_labels": ["love", "war"]}\' or \'{"question": "Who left Bath?"}\'.',
  },
  truncation: {
    type: "boolean",
    default: false,
    description: "Truncate documents that are too long for the model; otherwise they are errors.",
  },
  model_name: {
    type: "string",
    placeholder: "NAME",
    description: "What OpenAI requests call the model (owner/name, or the folder's name).",
  },
} as const;

const plan = {
  name: "batch plan",
  summary: "Divides documents into shards: row ranges, which workers read by themselves. Started " +
    "again with more inputs, it adds what is new.",
  operands: OPERANDS,
  options: {
    ...PLAN_OPTIONS,
    redis: {
      ...REDIS_OPTION,
      description:
        "Puts the first shards into the queue at once; absent: the first worker does. A " +
        "cluster that starts workers by the length of the queue needs it.",
    },
    ...modelOptions,
  },
  examples: [
    "lsg batch plan letters.jsonl --task encode --model owner/model --out vectors",
    "lsg batch plan books data.parquet --field body --task classify --model owner/model --out labels",
  ],
} as const;

const run = {
  name: "batch run",
  summary: "Plans a batch and does all of its shards on this machine, without a queue. If it is " +
    "interrupted, the same command goes on, and does nothing twice.",
  operands: OPERANDS,
  options: { ...PLAN_OPTIONS, ...WORK_OPTIONS, ...modelOptions },
  examples: [
    "lsg batch run letters --task encode --model owner/model --out vectors",
    "lsg batch run requests.jsonl --task generate --model owner/model --out answers",
    "lsg batch run data.parquet --task encode --model owner/model --out vectors --result npy",
  ],
} as const;

type PlanValues = OptionValues<typeof PLAN_OPTIONS & typeof modelOptions>;

/**
 * Runs `lsg batch plan`.
 *
 * @param args Arguments after the command's name.
 * @param io Streams and files.
 * @returns The exit code.
 */
export function runBatchPlan(args: readonly string[], io: ModelIo): Promise<number> {
  return runCommand(plan, args, io, async ({ values, operands }) => {
    const planned = await makePlan(plan.name, io, operands, values);
    await io.stdout(describePlan(planned, values.out!));
    if (values.redis === undefined) return;
    const onWarning = (message: string) => void warn(io, message);
    const { name, waiting } = await fillQueue(values.out!, values.redis, onWarning);
    await io.stdout(`Queued in ${name}, where ${waiting} shards wait\n`);
  });
}

/**
 * Runs `lsg batch run`.
 *
 * @param args Arguments after the command's name.
 * @param io Streams and files.
 * @returns The exit code.
 */
export async function runBatchRun(args: readonly string[], io: ModelIo): Promise<number> {
  let isStopped = false;
  const code = await runCommand(run, args, io, async ({ values, operands }) => {
    await makePlan(run.name, io, operands, values);
    isStopped = await doShards(io, values.out!, values);
  });
  return isStopped ? interruptedCode() : code;
}

function describePlan({ documents, shards }: PlanReport, out: string): string {
  const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? "" : "s"}`;
  return `Planned ${escapeControls(out)}: ${count(documents, "document")} in ` +
    `${count(shards, "shard")}\n`;
}

async function makePlan(
  name: string,
  io: ModelIo,
  inputs: readonly string[],
  values: PlanValues,
): Promise<PlanReport> {
  for (const option of ["model", "task", "out"] as const) {
    if (values[option]) continue;
    throw new UsageError(
      `Missing --${option}: wanted lsg ${name} INPUT… --task TASK --model MODEL --out DIR`,
    );
  }
  if (inputs.length === 0) throw new UsageError("Missing INPUT: wanted files or folders");
  const task = TASKS[chooseOne("task", values.task!, Object.keys(TASKS))];
  const result = chooseOne("result", values.result, ["jsonl", "npy", "parquet"]);
  requireCount("--shard-documents", values.shard_documents, 1, MOST_SHARD_DOCUMENTS);
  const { revision, cache_dir, local_files_only, model, truncation } = values;
  const parameters = {
    ...readParameters(values.parameters),
    ...(truncation && { truncation }),
  };
  const loading = await withCheckpoint(
    io,
    model!,
    values,
    (source) => loadOptions(source, { ...values, device: "auto", threads: undefined }),
  );
  const { dtype, seed, lsg, config } = loading as Pick<
    BatchSettings,
    "dtype" | "seed" | "lsg" | "config"
  >;
  return await withInterrupt((signal) =>
    withProgressLine(io, (show) =>
      planBatch(inputs, {
        out: values.out!,
        checkpoint: model!,
        task,
        result,
        parameters,
        field: values.field,
        id_field: values.id_field,
        shard_documents: values.shard_documents,
        model_name: values.model_name,
        dtype,
        seed,
        lsg,
        config,
        revision,
        cache_dir,
        local_files_only,
        token: tokenOf(model!, values.token),
        signal,
        onRead: (name, part) => show?.(`Planning ${showName(name)} ${drawBar(part)}`),
      }))
  );
}

function readParameters(text: string | undefined): Record<string, unknown> {
  if (text === undefined) return {};
  try {
    return parseJsonObject(text, "--parameters");
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
