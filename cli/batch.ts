/**
 * `lsg batch`: many documents, in files.
 *
 * @module
 */
import { findClosest } from "../base/closest.ts";
import { wrap } from "../base/wrap.ts";
import { UsageError } from "./arguments.ts";
import type { ModelIo } from "./model_io.ts";
import { reportErrors } from "./run_command.ts";

/** Summary for the list of commands. */
export const BATCH_SUMMARY: string =
  "Runs a model on millions of documents, in shards that can be interrupted and shared by " +
  "machines.";

interface Subcommand {
  readonly summary: string;
  readonly run: (args: readonly string[], io: ModelIo) => Promise<number>;
}

const SUBCOMMANDS: Readonly<Record<string, Subcommand>> = {
  run: {
    summary: "Plans and works, all on this machine; started again, it goes on.",
    run: async (args, io) => (await import("./batch_run.ts")).runBatchRun(args, io),
  },
  plan: {
    summary: "Divides files, folders, JSON lines and Parquet into shards.",
    run: async (args, io) => (await import("./batch_run.ts")).runBatchPlan(args, io),
  },
  work: {
    summary: "Does the shards of a plan that are left.",
    run: async (args, io) => (await import("./batch_work.ts")).runBatchWork(args, io),
  },
  status: {
    summary: "Shows how far a batch is.",
    run: async (args, io) => (await import("./batch_status.ts")).runBatchStatus(args, io),
  },
  retry: {
    summary: "Has shards that failed done again.",
    run: async (args, io) => (await import("./batch_status.ts")).runBatchRetry(args, io),
  },
  merge: {
    summary: "Writes all results to one file.",
    run: async (args, io) => (await import("./batch_status.ts")).runBatchMerge(args, io),
  },
};

/**
 * Runs `lsg batch`.
 *
 * @param args Arguments after the command's name.
 * @param io Streams and files.
 * @returns The exit code.
 */
export async function runBatch(args: readonly string[], io: ModelIo): Promise<number> {
  const [name, ...rest] = args;
  if (name !== undefined && Object.hasOwn(SUBCOMMANDS, name)) {
    return await SUBCOMMANDS[name].run(rest, io);
  }
  return await reportErrors("lsg batch", {}, io, async () => {
    if (name === "--help" || name === "-h") return await io.stdout(help());
    const names = Object.keys(SUBCOMMANDS);
    if (name === undefined) throw new UsageError(`Missing command: wanted ${names.join(", ")}`);
    const similar = findClosest(name, names);
    throw new UsageError(
      `Unknown command ${JSON.stringify(name)}: ` +
        (similar ? `did you mean ${similar}?` : `wanted ${names.join(", ")}`),
    );
  });
}

function help(): string {
  const lines = Object.entries(SUBCOMMANDS)
    .map(([name, { summary }]) => `  ${name.padEnd(8)}${summary}`);
  return [
    "lsg batch COMMAND [options]",
    "",
    ...wrap(BATCH_SUMMARY, 100),
    "",
    ...lines,
    "",
    "  -h, --help   Print this; lsg batch COMMAND --help prints a command's options.",
    "",
    "Examples:",
    "  lsg batch run letters --task encode --model owner/model --out vectors",
    "  lsg batch merge vectors vectors.jsonl",
    "",
  ].join("\n");
}
