/**
 * `lsg convert`: a checkpoint with LSG attention, made of one without.
 *
 * @module
 */
import { resolveLsgParameters } from "../attention/lsg/lsg_parameters.ts";
import { headOf } from "../checkpoint/architecture.ts";
import {
  type ConversionOptions,
  resolveConversionOptions,
} from "../checkpoint/conversion/conversion_options.ts";
import type { ModelConfig } from "../checkpoint/config.ts";
import { convertToLsg } from "../checkpoint/conversion/convert_lsg.ts";
import { FolderSource } from "../checkpoint/folder_source.ts";
import { readCheckpoint } from "../checkpoint/read_checkpoint.ts";
import { saveCheckpoint } from "../checkpoint/save_checkpoint.ts";
import type { CheckpointSource } from "../checkpoint/source.ts";
import { RemoteSource } from "../hub/remote_source.ts";
import { Random } from "../tensor/random.ts";
import { type OptionValues, UsageError } from "./arguments.ts";
import { asUsage } from "./as_usage.ts";
import { changesText, type CheckpointChanges, checkpointChanges } from "./checkpoint_changes.ts";
import { CHECKPOINT_OPTIONS, MODEL_OPERAND, withCheckpoint } from "./checkpoint_options.ts";
import type { ModelIo } from "./model_io.ts";
import { ENCODER_OPTIONS } from "./model_options.ts";
import { hasFiles, isSameFolder, replaceCheckpoint } from "./replace_checkpoint.ts";
import { runCommand } from "./run_command.ts";

const command = {
  name: "convert",
  summary: "Converts a checkpoint to LSG attention and a longer text, without training.",
  operands: [MODEL_OPERAND, { placeholder: "OUT", description: "The folder to write to." }],
  options: {
    max_sequence_length: {
      type: "number",
      placeholder: "TOKENS",
      default: 4096,
      description: "The longest text that the new model reads.",
    },
    global_positional_stride: {
      type: "number",
      default: 64,
      description: "Distance between the positions that global tokens are made of.",
    },
    random_global_init: {
      type: "boolean",
      default: false,
      description: "Draw the word part of the global tokens at random.",
    },
    keep_first_global_token: {
      type: "boolean",
      default: false,
      description: "Of a model with LSG already, keep the first global token.",
    },
    resize_lsg: {
      type: "boolean",
      default: false,
      description: "Of a model with LSG already, keep all global tokens.",
    },
    architecture: {
      type: "string",
      placeholder: "CLASS",
      description: "Another head, as in RobertaForMaskedLM; what it lacks is drawn.",
    },
    seed: { type: "number", default: 0, description: "Seed of all that is drawn." },
    ...ENCODER_OPTIONS,
    ...CHECKPOINT_OPTIONS,
    force: {
      type: "boolean",
      default: false,
      description: "Write to a folder that has files; a checkpoint there is replaced.",
    },
    json: { type: "boolean", default: false, description: "Print what changed as JSON." },
  },
} as const;

type Values = OptionValues<typeof command.options>;

/** What the list of commands says of this one. */
export const CONVERT_SUMMARY: string = command.summary;

/**
 * Runs `lsg convert`.
 *
 * @param args The words after the command's name.
 * @param io Streams and files.
 * @returns The exit code.
 */
export function runConvert(args: readonly string[], io: ModelIo): Promise<number> {
  return runCommand(command, args, io, async ({ values, operands: [model, out] }) => {
    if (!model || !out) {
      throw new UsageError(
        `${model ? "OUT" : "MODEL"} is lacking: wanted lsg convert MODEL OUT, a checkpoint and a ` +
          "folder to write to",
      );
    }
    const options = conversionOptions(values);
    const { changes, warnings } = await withCheckpoint(
      io,
      model,
      values,
      (source) => convert(source, out, options, values.force),
    );
    for (const warning of warnings) await io.stderr(`Warning: ${warning}\n`);
    await io.stdout(
      values.json
        ? JSON.stringify({ model, output: out, ...changes }, null, 2) + "\n"
        : `${model} is converted: ${out}\n\n${changesText(changes)}`,
    );
  });
}

async function convert(
  source: CheckpointSource,
  out: string,
  options: ConversionOptions,
  force: boolean,
): Promise<{ changes: CheckpointChanges; warnings: readonly string[] }> {
  if (!(source instanceof RemoteSource) && await isSameFolder(source.name, out)) {
    throw new UsageError(`${source.name} and ${out} are the same folder: wanted two`);
  }
  if (await hasFiles(out) && !force) {
    throw new RangeError(
      `${out} has files already: choose another folder, or replace a checkpoint there with --force`,
    );
  }
  const checkpoint = await readCheckpoint(source);
  checkAgainst(checkpoint.config, options);
  const warnings: string[] = [];
  const converted = await convertToLsg(checkpoint, options, {
    warn: (message) => warnings.push(message),
  });
  await replaceCheckpoint(out, (staging) => saveCheckpoint(staging, converted, source));
  return { changes: await checkpointChanges(source, new FolderSource(out)), warnings };
}

function conversionOptions(values: Values): ConversionOptions {
  const others = ["force", "json", ...Object.keys(CHECKPOINT_OPTIONS)];
  const given = Object.entries(values).filter(([name]) => !others.includes(name));
  // Checked by the library, sparsity_type too.
  const options = Object.fromEntries(given) as ConversionOptions;
  asUsage(() => new Random(values.seed));
  asUsage(() => resolveConversionOptions(options));
  return options;
}

/** Checks the arguments that only the checkpoint's config tells right from wrong. */
function checkAgainst(config: ModelConfig, { architecture, ...options }: ConversionOptions): void {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  asUsage(() => resolveLsgParameters({ ...config.lsg, ...Object.fromEntries(given) }));
  if (architecture !== undefined) asUsage(() => headOf(config, architecture));
}
