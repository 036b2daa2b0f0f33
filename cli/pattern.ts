/**
 * `lsg pattern`: draws which keys each query sees.
 *
 * @module
 */
import { lsgWarnings, resolveLsgParameters } from "../attention/lsg/lsg_parameters.ts";
import type { LsgLayerShape } from "../functional/lsg_layer.ts";
import { flagOf, type OptionValues, parseNumber, UsageError } from "./arguments.ts";
import { LSG_OPTIONS } from "./lsg_options.ts";
import { type CommandIo, writeOutput } from "./output.ts";
import type { AttentionPattern } from "../picture/attention_pattern.ts";
import { recordLsg, recordLsgLayer } from "../picture/record_lsg.ts";
import { recordFull, recordLongformer, recordSelfExtend } from "../picture/record_patterns.ts";
import { summarizePattern, summaryLine } from "../picture/summary.ts";
import { patternSvg } from "../picture/svg.ts";
import { runCommand } from "./run_command.ts";

const { block_size, sparse_block_size, sparsity_factor, sparsity_type } = LSG_OPTIONS;
const { num_global_tokens, mask_first_token } = LSG_OPTIONS;

const command = {
  name: "pattern",
  summary: "Draws which keys each query sees, as an SVG with a row for each query and a column " +
    "for each key.",
  operands: [{
    placeholder: "[PATTERN]",
    description: "lsg (if absent); lsg-layer, the stand-alone layer (sparsity factor 8 and type " +
      "none if absent); longformer; self-extend; full.",
  }],
  options: {
    tokens: { type: "number", default: 1024, description: "Tokens of the text, at most 65536." },
    block_size,
    sparse_block_size,
    sparsity_factor,
    sparsity_type,
    num_global_tokens,
    mask_first_token,
    global_token: { type: "boolean", description: "lsg-layer: token 0 is global (on)." },
    causal: {
      type: "boolean",
      description: "lsg, lsg-layer, full: a token sees nothing after itself (off).",
    },
    heads: { type: "number", description: "lsg, lsg-layer: heads of the model (12)." },
    head: { type: "number", description: "lsg, lsg-layer: the head to draw (0)." },
    seed: { type: "number", description: "lsg, lsg-layer: seed of the keys that are chosen (0)." },
    attention_window: {
      type: "number",
      description: "longformer: width of the window, both sides together (512).",
    },
    global: {
      type: "list",
      placeholder: "PLACE",
      description: "longformer: place of a global token.",
    },
    group: { type: "number", description: "self-extend: tokens that share a position (4)." },
    window: {
      type: "number",
      description: "self-extend: tokens that keep ordinary positions (256).",
    },
    output: {
      type: "string",
      short: "o",
      placeholder: "FILE",
      description: "Where the SVG goes; standard output if absent.",
    },
    json: {
      type: "boolean",
      default: false,
      description: "Print the counts as JSON; an SVG is written with --output only.",
    },
  },
} as const;

type Values = OptionValues<typeof command.options>;
type Name = keyof Values;

/** What each pattern's options are, and how it is recorded. */
const PATTERNS: Readonly<
  Record<string, { options: readonly Name[]; record: (v: Values) => Promise<AttentionPattern> }>
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
        { ...values, sparsity_type: values.sparsity_type as LsgLayerShape["sparsity_type"] },
        lsgSize(values),
      ),
  },
  "longformer": {
    options: ["attention_window", "global"],
    record: ({ tokens, attention_window = 512, global = [] }) =>
      recordLongformer(
        tokens,
        attention_window,
        global.map((place) => parseNumber("--global", place)),
      ),
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

/** What the list of commands says of this one. */
export const PATTERN_SUMMARY: string = command.summary;

/**
 * Runs `lsg pattern`.
 *
 * @param args The words after the command's name.
 * @param io Streams and files.
 * @returns The exit code.
 */
export function runPattern(args: readonly string[], io: CommandIo): Promise<number> {
  return runCommand(command, args, io, async ({ values, operands: [name = "lsg"] }) => {
    const pattern = await record(name, values);
    for (const warning of warningsOf(name, values)) await io.stderr(`Warning: ${warning}\n`);
    const summary = summarizePattern(pattern);
    if (!values.json || values.output !== undefined) {
      await writeOutput(io, values.output, patternSvg(pattern));
    }
    if (values.json) await io.stdout(JSON.stringify(summary, null, 2) + "\n");
    else await io.stderr(`${summaryLine(summary)}\n`);
  });
}

async function record(name: string, values: Values): Promise<AttentionPattern> {
  if (!Object.hasOwn(PATTERNS, name)) {
    throw new UsageError(
      `Unknown pattern "${name}": wanted one of ${Object.keys(PATTERNS).join(", ")}`,
    );
  }
  const { options, record } = PATTERNS[name];
  const allowed: readonly Name[] = ["tokens", "output", "json", ...options];
  for (const option of Object.keys(values) as Name[]) {
    if (values[option] !== undefined && !allowed.includes(option)) {
      throw new UsageError(`${flagOf(option)} has no meaning for the pattern ${name}`);
    }
  }
  try {
    return await record(values);
  } catch (error) {
    // All that is drawn comes from the arguments.
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
