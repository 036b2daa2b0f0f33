/**
 * `lsg serve`: models over HTTP.
 *
 * @module
 */
import { BACKEND_NAMES } from "../device.ts";
import type { BackendName } from "../ops/backend.ts";
import { HOSTED_TASKS } from "../hosting/mod.ts";
import {
  type ModelServer,
  type ServedModelRequest,
  type ServerSettings,
  startServer,
} from "../serve/mod.ts";
import { type OptionValues, UsageError } from "./arguments.ts";
import { withCheckpoint } from "./checkpoint_options.ts";
import { chooseOne, requireCount } from "./choice.ts";
import { withInterrupt } from "./interrupt.ts";
import type { ModelIo } from "./model_io.ts";
import { loadOptions, MODEL_OPTIONS } from "./model_options.ts";
import { runCommand } from "./run_command.ts";

const { device: _, ...modelOptions } = MODEL_OPTIONS;

const command = {
  name: "serve",
  summary: "Serves models over HTTP, with the routes of the OpenAI API, of " +
    "text-embeddings-inference, and of pipelines; /docs shows them.",
  operands: [{
    placeholder: "[NAME=]MODEL…",
    description: "Checkpoints: folders, owner/name on the hub, or URLs. NAME is what requests " +
      "call it; absent: owner/name, or a folder's name.",
    repeated: true,
  }],
  options: {
    task: {
      type: "list",
      placeholder: "TASK",
      description: "Task of each model, in order, or of all: " + HOSTED_TASKS.join(", ") +
        ". Absent: as the checkpoint's config says.",
    },
    device: {
      type: "list",
      placeholder: "NAME",
      description: `Backend of each model, in order, or of all: auto, ${BACKEND_NAMES.join(", ")}.`,
    },
    host: {
      type: "string",
      placeholder: "ADDRESS",
      default: "127.0.0.1",
      description: "Address to listen on; 0.0.0.0 for other machines, too.",
    },
    port: { type: "number", default: 8080, description: "Port to listen on; 0: any." },
    max_batch_tokens: {
      type: "number",
      placeholder: "TOKENS",
      description: "Most tokens that run together, padding included (8192, or the longest text's).",
    },
    patience: {
      type: "number",
      placeholder: "N",
      default: 16,
      description:
        "How long a text lets shorter ones pass, in multiples of the time that it takes " +
        "itself; 0: first come, first served.",
    },
    max_concurrent: {
      type: "number",
      placeholder: "N",
      default: 512,
      description: "Most requests that run and wait; others are told to come again (429).",
    },
    max_body: {
      type: "number",
      placeholder: "MB",
      default: 32,
      description: "Largest body of a request.",
    },
    max_texts: {
      type: "number",
      placeholder: "N",
      default: 2048,
      description: "Most texts of a request.",
    },
    body_timeout: {
      type: "number",
      placeholder: "SECONDS",
      default: 30,
      description: "Time in which a body must arrive.",
    },
    drain_timeout: {
      type: "number",
      placeholder: "SECONDS",
      default: 30,
      description: "Time that running requests have to end after SIGTERM or Ctrl-C.",
    },
    api_key: {
      type: "list",
      placeholder: "KEY",
      description: "A key that requests must bring as Authorization: Bearer KEY.",
    },
    cors_origin: {
      type: "list",
      placeholder: "ORIGIN",
      description: "Pages of this origin may ask; * for all.",
    },
    ...modelOptions,
  },
  examples: [
    "lsg serve sentence-transformers/all-MiniLM-L6-v2 --dtype q8",
    "lsg serve embed=./minilm answer=deepset/roberta-base-squad2 --port 3000 --api-key secret",
    "lsg serve FacebookAI/roberta-base --task feature-extraction --max-sequence-length 4096",
  ],
} as const;

type ServeValues = OptionValues<typeof command.options>;

/** Summary for the list of commands. */
export const SERVE_SUMMARY: string = command.summary;

/**
 * Runs `lsg serve`, until a signal ends it.
 *
 * @param args Arguments after the command's name.
 * @param io Streams and files.
 * @returns The exit code: 0 after SIGTERM or Ctrl-C.
 */
export function runServe(args: readonly string[], io: ModelIo): Promise<number> {
  return runCommand(command, args, io, async ({ values, operands }) => {
    const settings = await readSettings(io, operands, values);
    await withInterrupt(async (signal) => {
      await runServer(await startServer(settings), io, signal);
    });
  });
}

/** Says where the server listens, and waits for the signal, or for a model that cannot be loaded. */
async function runServer(server: ModelServer, io: ModelIo, signal: AbortSignal): Promise<void> {
  const stopped = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  try {
    await io.stdout(`Listening on ${server.url}; the routes are shown at ${server.url}/docs\n`);
    await Promise.race([server.ready, stopped]);
    await stopped;
  } finally {
    await server.stop();
  }
}

async function readSettings(
  io: ModelIo,
  operands: readonly string[],
  values: ServeValues,
): Promise<ServerSettings> {
  if (operands.length === 0) {
    throw new UsageError("Missing MODEL: wanted lsg serve MODEL…, folders, owner/name, or URLs");
  }
  const { port } = values;
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new UsageError(`Cannot use --port ${port}: wanted 0 … 65535`);
  }
  requireCount("--max-concurrent", values.max_concurrent, 1);
  requireCount("--max-texts", values.max_texts, 1);
  requireCount("--max-batch-tokens", values.max_batch_tokens, 1);
  if (!(values.patience >= 0)) {
    throw new UsageError(`Cannot use --patience ${values.patience}: wanted 0 or more`);
  }
  for (const name of ["max_body", "body_timeout", "drain_timeout"] as const) {
    if (values[name] > 0) continue;
    throw new UsageError(
      `Cannot use --${name.replace("_", "-")} ${values[name]}: wanted more than 0`,
    );
  }
  const tasks = ofEach("--task", values.task, operands.length)
    .map((task) => task === undefined ? undefined : chooseOne("task", task, HOSTED_TASKS));
  const devices = ofEach("--device", values.device, operands.length)
    .map((name) =>
      chooseOne<BackendName | "auto">("device", name ?? "auto", ["auto", ...BACKEND_NAMES])
    );
  const models: ServedModelRequest[] = [];
  for (const [i, operand] of operands.entries()) {
    models.push(await describeModel(io, operand, tasks[i], devices[i], values));
  }
  return {
    models,
    hostname: values.host,
    port,
    max_batch_tokens: values.max_batch_tokens,
    max_concurrent: values.max_concurrent,
    max_body: Math.floor(values.max_body * 2 ** 20),
    max_texts: values.max_texts,
    body_timeout: values.body_timeout,
    drain_timeout: values.drain_timeout,
    api_keys: values.api_key,
    cors_origins: values.cors_origin,
    log: (line) => void io.stderr(`${line}\n`),
  };
}

/** The value of each model: one for all, or as many as there are models. */
function ofEach(
  flag: string,
  given: readonly string[] = [],
  models: number,
): (string | undefined)[] {
  if (given.length > 1 && given.length !== models) {
    throw new UsageError(
      `Cannot use ${given.length} × ${flag} with ${models} models: wanted one, or as many`,
    );
  }
  return Array.from({ length: models }, (_, i) => given[given.length === 1 ? 0 : i]);
}

async function describeModel(
  io: ModelIo,
  operand: string,
  task: ServedModelRequest["task"],
  device: BackendName | "auto",
  values: ServeValues,
): Promise<ServedModelRequest> {
  const [, named, checkpoint] = operand.match(/^(?:([\w.-]+)=)?(.+)$/s) ?? ["", "", operand];
  const { revision, cache_dir, local_files_only, token } = values;
  return await withCheckpoint(io, checkpoint, values, async (source) => ({
    name: named ?? nameOf(checkpoint),
    checkpoint,
    task,
    patience: values.patience,
    options: {
      ...await loadOptions(source, { ...values, device }),
      revision,
      cache_dir,
      local_files_only,
      token,
    } as ServedModelRequest["options"],
  }));
}

/** `owner/name` as it is; the last part of a path or URL. */
function nameOf(checkpoint: string): string {
  if (/^[\w.-]+\/[\w.-]+$/.test(checkpoint) && !checkpoint.startsWith(".")) return checkpoint;
  return checkpoint.replace(/[/\\]+$/, "").split(/[/\\]/).at(-1) || checkpoint;
}
