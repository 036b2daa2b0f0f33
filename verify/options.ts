/**
 * What `verify` was asked for.
 *
 * @module
 */
import type { BackendName } from "../ops/backend.ts";
import { type Command, type OptionValues, UsageError } from "../cli/arguments.ts";
import { chooseOne, requireCount } from "../cli/choice.ts";
import { availableBackends, BACKEND_NAMES } from "../device.ts";
import type { Build } from "../wasm/mod.ts";

const BUILDS: readonly Build[] = ["relaxed", "plain"];
const STORED = ["fp32", "fp16"] as const;

/** The command line. */
export const COMMAND = {
  name: "verify",
  summary: "Holds every attention pattern, model and conversion against golden tensors.",
  options: {
    device: {
      type: "string",
      placeholder: "NAMES",
      description: `Backends, separated by commas: ${
        BACKEND_NAMES.join(", ")
      }; absent: all there are.`,
    },
    threads: {
      type: "number",
      description: "Threads of wasm; absent: as many as there are cores.",
    },
    build: {
      type: "string",
      placeholder: "NAME",
      description: `Kernels of wasm: ${BUILDS.join(" or ")}; absent: the fastest that runs here.`,
    },
    dtype: {
      type: "string",
      placeholder: "NAME",
      description: `How webgpu stores values: ${STORED.join(" or ")}; absent: fp32.`,
    },
    filter: {
      type: "string",
      placeholder: "TEXT",
      description: "Only cases whose name contains the text.",
    },
    support: {
      type: "boolean",
      default: false,
      description: "A table in Markdown: cases that passed, by family and head.",
    },
    quiet: {
      type: "boolean",
      default: false,
      description: "Only failures and the summary.",
    },
  },
} as const satisfies Command;

/** What was asked for. */
export interface VerifyOptions {
  /** What computes. */
  readonly devices: readonly BackendName[];
  /** Threads of `wasm`. */
  readonly threads?: number;
  /** Kernels of `wasm`. */
  readonly build?: Build;
  /** How `webgpu` stores values. */
  readonly dtype?: typeof STORED[number];
  /** What names of cases contain. */
  readonly filter: string;
  /** Whether to print a table of families and heads. */
  readonly support: boolean;
  /** Whether to leave out what passed. */
  readonly quiet: boolean;
}

/**
 * Checks what was given.
 *
 * @param values The options.
 * @returns What was asked for.
 * @throws {UsageError} If there is no such device, build or form, or nothing that runs takes it.
 */
export async function readOptions(
  values: OptionValues<typeof COMMAND.options>,
): Promise<VerifyOptions> {
  const { device, threads, build, dtype, filter = "", support, quiet } = values;
  const devices = device === undefined
    ? await availableBackends()
    : device.split(",").map((name) => chooseOne("device", name, BACKEND_NAMES));
  const owners = { threads: "wasm", build: "wasm", dtype: "webgpu" } as const;
  for (const [name, owner] of Object.entries(owners)) {
    if (values[name as keyof typeof owners] === undefined || devices.includes(owner)) {
      continue;
    }
    throw new UsageError(
      `Cannot use --${name} on ${devices.join(", ")}: wanted ${owner} among them`,
    );
  }
  return {
    devices: [...new Set(devices)],
    threads: requireCount("--threads", threads, 1),
    build: build === undefined ? build : chooseOne("build", build, BUILDS),
    dtype: dtype === undefined ? dtype : chooseOne("dtype", dtype, STORED),
    filter,
    support,
    quiet,
  };
}
