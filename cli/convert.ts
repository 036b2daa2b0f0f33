/**
 * `lsg convert`: converts a checkpoint to LSG attention.
 *
 * @module
 */
import { resolveLsgParameters } from "../attention/lsg/lsg_parameters.ts";
import { headOf } from "../checkpoint/architecture.ts";
import {
  type ConversionOptions,
  resolveConversionOptions,
} from "../checkpoint/conversion/conversion_options.ts";
import type { ModelConfig } from "../families/model_config.ts";
import { convertToLsg } from "../checkpoint/conversion/convert_lsg.ts";
import { keepAttention } from "../checkpoint/conversion/keep_attention.ts";
import { FolderSource } from "../checkpoint/folder_source.ts";
import { readCheckpoint } from "../checkpoint/read_checkpoint.ts";
import { saveCheckpoint } from "../checkpoint/save_checkpoint.ts";
import type { CheckpointSource } from "../checkpoint/source.ts";
import { RemoteSource } from "../hub/remote_source.ts";
import { Random } from "../tensor/random.ts";
import { findSpecialTokenIds } from "../tokenizer/special_token_ids.ts";
import { type Option, type OptionValues, toFlag, UsageError } from "./arguments.ts";
import { chooseOne } from "./choice.ts";
import { checkUsage } from "./check_usage.ts";
import { type CheckpointChanges, compareCheckpoints, formatChanges } from "./checkpoint_changes.ts";
import { CHECKPOINT_OPTIONS, MODEL_OPERAND, withCheckpoint } from "./checkpoint_options.ts";
import { nameFlags } from "./flag_names.ts";
import type { ModelIo } from "./model_io.ts";
import { LSG_OPTIONS } from "./lsg_options.ts";
import {
  checkReplaceable,
  hasFiles,
  isSameFolder,
  replaceCheckpoint,
} from "./replace_checkpoint.ts";
import { familyOf } from "../families/known_families.ts";
import { pythonLines, pythonPackages } from "./python_lines.ts";
import { runCommand, warn } from "./run_command.ts";
import { escapeControls, formatJson } from "./table.ts";

const command = {
  name: "convert",
  summary: "Converts a checkpoint to LSG attention and longer texts, without training.",
  operands: [MODEL_OPERAND, { placeholder: "OUT", description: "The folder to write to." }],
  options: {
    max_sequence_length: {
      type: "number",
      placeholder: "TOKENS",
      default: 4096,
      description: "Length of the longest text that the converted model accepts.",
    },
    global_positional_stride: {
      type: "number",
      default: 64,
      description: "Distance between the positions that global tokens are initialised from.",
    },
    random_global_init: {
      type: "boolean",
      default: false,
      description: "Draw the word embedding of the global tokens at random.",
    },
    keep_first_global_token: {
      type: "boolean",
      default: false,
      description: "Keep the first global token of a model that already has LSG.",
    },
    resize_lsg: {
      type: "boolean",
      default: false,
      description: "Keep all global tokens of a model that already has LSG.",
    },
    architecture: {
      type: "string",
      placeholder: "CLASS",
      description: "Class with another head, such as RobertaForMaskedLM; new weights are random.",
    },
    seed: { type: "number", default: 0, description: "Seed of random values." },
    ...LSG_OPTIONS,
    keep_attention: {
      type: "boolean",
      default: false,
      description: "Keep attention and length as they are: only --dtype changes the checkpoint.",
    },
    dtype: {
      type: "string",
      placeholder: "TYPE",
      default: "fp32",
      description: "Data type of the written matrices: fp32, or q8 for a quarter of the bytes.",
    },
    ...CHECKPOINT_OPTIONS,
    force: {
      type: "boolean",
      default: false,
      description: "Write to a folder that is not empty; replaces a checkpoint there.",
    },
    json: {
      type: "boolean",
      default: false,
      description: "Print the changes as JSON, on one line.",
    },
  },
  examples: [
    "lsg convert FacebookAI/roberta-base long-roberta --max-sequence-length 4096",
    "lsg convert owner/model long --block-size 64 --sparsity-type norm --sparsity-factor 4",
    "lsg convert sentence-transformers/all-MiniLM-L6-v2 small --keep-attention --dtype q8",
  ],
} as const;

/** Options that do not say how attention is converted. */
const OTHERS: readonly string[] = ["force", "json", "dtype", "keep_attention"];

type Values = OptionValues<typeof command.options>;

/** Summary for the list of commands. */
export const CONVERT_SUMMARY: string = command.summary;

/**
 * Runs `lsg convert`.
 *
 * @param args Arguments after the command's name.
 * @param io Streams and files.
 * @returns The exit code.
 */
export function runConvert(args: readonly string[], io: ModelIo): Promise<number> {
  return runCommand(command, args, io, async ({ values, operands: [model, out] }) => {
    if (!model || !out) {
      throw new UsageError(
        `Missing ${model ? "OUT" : "MODEL"}: wanted lsg convert MODEL OUT, a checkpoint and a ` +
          "folder to write to",
      );
    }
    const dtype = chooseOne("dtype", values.dtype, ["fp32", "q8"]);
    if (values.keep_attention) checkKept(args, values);
    const options = values.keep_attention ? undefined : conversionOptions(values);
    const { changes, python, warnings } = await withCheckpoint(
      io,
      model,
      values,
      (source) => convert(source, out, options, dtype, values.force),
    );
    for (const warning of warnings) await warn(io, nameFlags(warning, command.options, false));
    await io.stdout(
      values.json
        ? formatJson({ model, output: out, ...changes, python })
        : `Converted ${escapeControls(`${model} to ${out}`)}\n\n${formatChanges(changes)}\n${
          formatPython(python, dtype)
        }`,
    );
  });
}

function formatPython(lines: readonly string[], dtype: "fp32" | "q8"): string {
  if (lines.length === 0) {
    return dtype === "q8"
      ? "The matrices are in 8 bits, which Python does not load.\n"
      : "Python has no LSG class of this family.\n";
  }
  const code = lines.map((line) => `  ${line}\n`).join("");
  return `In Python (pip install ${pythonPackages(lines)}):\n\n${code}`;
}

async function convert(
  source: CheckpointSource,
  out: string,
  options: ConversionOptions | undefined,
  dtype: "fp32" | "q8",
  force: boolean,
): Promise<{
  changes: CheckpointChanges;
  python: readonly string[];
  warnings: readonly string[];
}> {
  if (!(source instanceof RemoteSource) && await isSameFolder(source.name, out)) {
    throw new UsageError(
      `Cannot convert ${source.name} to ${out}: they are the same folder, wanted two`,
    );
  }
  if (await hasFiles(out) && !force) {
    throw new RangeError(
      `Cannot write to ${out}: it is not empty; wanted another folder, or --force to replace a ` +
        "checkpoint there",
    );
  }
  await checkReplaceable(out);
  const read = await readCheckpoint(source);
  if (options) checkAgainst(read.config, options);
  const checkpoint = {
    ...read,
    specialTokens: await findSpecialTokenIds(source, read.config),
  };
  const warnings: string[] = [];
  const warn = (message: string) => void warnings.push(message);
  const converted = options
    ? await convertToLsg(checkpoint, options, { warn })
    : keepAttention(checkpoint, warn);
  const leftover = await replaceCheckpoint(
    out,
    (staging) => saveCheckpoint(staging, converted, source, { dtype }),
  );
  if (leftover !== undefined) warnings.push(leftover);
  const written = new FolderSource(out);
  return {
    changes: await compareCheckpoints(source, written),
    python: dtype === "q8" || !familyOf(converted.config).embeddings.global
      ? []
      : await pythonLines(out, written, converted.config.architectures),
    warnings,
  };
}

function conversionOptions(values: Values): ConversionOptions {
  const others = [...OTHERS, ...Object.keys(CHECKPOINT_OPTIONS)];
  const given = Object.entries(values).filter(([name]) => !others.includes(name));
  // The library checks all of them, including sparsity_type.
  const options = Object.fromEntries(given) as ConversionOptions;
  checkUsage(() => new Random(values.seed));
  checkUsage(() => resolveConversionOptions(options));
  return options;
}

/** Checks that no option of a conversion is given beside one that asks for none. */
function checkKept(args: readonly string[], values: Values): void {
  for (const [name, { default: usual }] of Object.entries<Option>(command.options)) {
    if (OTHERS.includes(name) || name in CHECKPOINT_OPTIONS) continue;
    const flags = [toFlag(name), `--${name}`];
    const isNamed = args.some((arg) =>
      flags.some((flag) => arg === flag || arg.startsWith(`${flag}=`))
    );
    if (!isNamed && values[name as keyof Values] === usual) continue;
    throw new UsageError(
      `Cannot use ${toFlag(name)} with --keep-attention, which converts nothing`,
    );
  }
}

/** Checks the arguments whose validity depends on the checkpoint's config. */
function checkAgainst(config: ModelConfig, { architecture, ...options }: ConversionOptions): void {
  if (options.pass_global_tokens_to_decoder !== undefined && !config.decoder) {
    throw new UsageError(
      `Cannot use --pass-global-tokens-to-decoder: ${config.model_type} has no decoder`,
    );
  }
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  checkUsage(() => resolveLsgParameters({ ...config.lsg, ...Object.fromEntries(given) }));
  if (architecture !== undefined) checkUsage(() => headOf(config, architecture));
}
