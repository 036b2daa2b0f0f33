/**
 * `lsg pattern`: draws which keys each query sees.
 *
 * @module
 */
import { lsgWarnings, resolveLsgParameters } from "../attention/lsg/lsg_parameters.ts";
import { type OptionValues, parseNumber, toFlag, UsageError } from "./arguments.ts";
import { LSG_OPTIONS } from "./lsg_options.ts";
import { type CommandIo, writeOutput } from "./output.ts";
import type { AttentionPattern } from "../picture/attention_pattern.ts";
import { recordBigbird } from "../picture/record_bigbird.ts";
import { type LsgLayerParameters, recordLsg, recordLsgLayer } from "../picture/record_lsg.ts";
import { recordFull, recordLongformer, recordSelfExtend } from "../picture/record_patterns.ts";
import { summarizePattern, summaryLine } from "../picture/summary.ts";
import { patternSvg } from "../picture/svg.ts";
import { formatJson } from "./table.ts";
import { runCommand, warn } from "./run_command.ts";

const { block_size, sparse_block_size, sparsity_factor, sparsity_type } = LSG_OPTIONS;
const { num_global_tokens, mask_first_token } = LSG_OPTIONS;

const command = {
  name: "pattern",
  summary: "Draws which keys each query sees, as an SVG with one row per query and one column " +
    "per key.",
  operands: [{
    placeholder: "[PATTERN]",
    description:
      "lsg (default); lsg-layer, the stand-alone layer (with sparsity factor 8 and type " +
      "none by default); longformer; bigbird (with block size 64 by default); self-extend; full.",
  }],
  options: {
    tokens: { type: "number", default: 1024, description: "Length of the text, at most 65536." },
    block_size,
    sparse_block_size,
    sparsity_factor,
    sparsity_type,
    num_global_tokens,
    mask_first_token,
    global_token: { type: "boolean", description: "lsg-layer: token 0 is global (on)." },
    causal: {
      type: "boolean",
      description: "lsg, lsg-layer, full: causal attention (off).",
    },
    heads: { type: "number", description: "lsg, lsg-layer, bigbird: number of heads (12)." },
    head: { type: "number", description: "lsg, lsg-layer, bigbird: the head to draw (0)." },
    seed: {
      type: "number",
      description: "Seed of the random keys that norm selects from, or of bigbird's blocks (0).",
    },
    num_random_blocks: {
      type: "number",
      description: "bigbird: random blocks that a block sees (3).",
    },
    attention_window: {
      type: "number",
      description: "longformer: width of the window, both sides together (512).",
    },
    global: {
      type: "list",
      placeholder: "POSITION",
      description: "longformer: position of a global token.",
    },
    group: { type: "number", description: "self-extend: tokens that share a position (4)." },
    window: {
      type: "number",
      description: "self-extend: tokens at ordinary positions (256).",
    },
    output: {
      type: "string",
      short: "o",
      placeholder: "FILE",
      description: "File for the SVG; standard output if absent.",
    },
    json: {
      type: "boolean",
      default: false,
      description: "Print the counts as JSON, on one line; the SVG is written only with --output.",
    },
  },
  examples: [
    "lsg pattern --tokens 256 --block-size 32 --sparse-block-size 32 -o pattern.svg",
    "lsg pattern longformer --tokens 256 --attention-window 64 --global 0 > longformer.svg",
    "lsg pattern full --tokens 512 --json",
  ],
} as const;

type Values = OptionValues<typeof command.options>;
type Name = keyof Values;

/** Options of each pattern, and the function that records it. */
const PATTERNS: Readonly<
  Record<string, { options: readonly Name[]; record: (values: Values) => AttentionPattern }>
> = {
  "lsg": {
    options: [
      "block_size",
      "sparse_block_size",
      "sparsity_factor",
      "sparsity_type",
      "num_global_tokens",
      "mask_first_token",
      "causal",
      "heads",
      "head",
      "seed",
    ],
    record: (values) => recordLsg(values, lsgSize(values)),
  },
  "lsg-layer": {
    options: [
      "block_size",
      "sparsity_factor",
      "sparsity_type",
      "global_token",
      "causal",
      "heads",
      "head",
      "seed",
    ],
    record: (values) =>
      recordLsgLayer(
        { ...values, sparsity_type: values.sparsity_type as LsgLayerParameters["sparsity_type"] },
        lsgSize(values),
      ),
  },
  "longformer": {
    options: ["attention_window", "global"],
    record: ({ tokens, attention_window = 512, global = [] }) =>
      recordLongformer(
        tokens,
        attention_window,
        global.map((position) => parseNumber("--global", position)),
      ),
  },
  "bigbird": {
    options: ["block_size", "num_random_blocks", "heads", "head", "seed"],
    record: (values) => {
      const { block_size, num_random_blocks } = values;
      return recordBigbird({ block_size, num_random_blocks }, lsgSize(values));
    },
  },
  "self-extend": {
    options: ["group", "window"],
    record: ({ tokens, group = 4, window = 256 }) => recordSelfExtend(tokens, group, window),
  },
  "full": {
    options: ["causal"],
    record: ({ tokens, causal = false }) => recordFull(tokens, causal),
  },
};

/** Summary for the list of commands. */
export const PATTERN_SUMMARY: string = command.summary;

/**
 * Runs `lsg pattern`.
 *
 * @param args Arguments after the command's name.
 * @param io Streams and files.
 * @returns The exit code.
 */
export function runPattern(args: readonly string[], io: CommandIo): Promise<number> {
  return runCommand(command, args, io, async ({ values, operands: [name = "lsg"] }) => {
    const pattern = record(name, values);
    for (const warning of warningsOf(name, values)) await warn(io, warning);
    const summary = summarizePattern(pattern);
    if (!values.json || values.output !== undefined) {
      await writeOutput(io, values.output, patternSvg(pattern));
    }
    if (values.json) await io.stdout(formatJson(summary));
    else await io.stderr(`${summaryLine(summary)}\n`);
  });
}

function record(name: string, values: Values): AttentionPattern {
  if (!Object.hasOwn(PATTERNS, name)) {
    throw new UsageError(
      `Unknown pattern "${name}": wanted one of ${Object.keys(PATTERNS).join(", ")}`,
    );
  }
  const { options, record } = PATTERNS[name];
  const allowed: readonly Name[] = ["tokens", "output", "json", ...options];
  for (const option of Object.keys(values) as Name[]) {
    if (values[option] !== undefined && !allowed.includes(option)) {
      throw new UsageError(
        `Cannot use ${toFlag(option)} with the pattern ${name}: wanted one of its options`,
      );
    }
  }
  try {
    return record(values);
  } catch (error) {
    // Every size comes from the arguments.
    if (error instanceof RangeError) throw new UsageError(error.message);
    throw error;
  }
}

function lsgSize({ tokens, causal = false, heads = 12, head = 0, seed = 0 }: Values) {
  return { tokens, causal, heads, head, seed };
}

function warningsOf(name: string, values: Values): string[] {
  return name === "lsg" ? lsgWarnings(resolveLsgParameters(values), values.heads ?? 12) : [];
}
