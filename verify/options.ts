/**
 * Options of `verify`.
 *
 * @module
 */
import type { BackendName } from "../ops/backend.ts";
import { type Command, type OptionValues, UsageError } from "../cli/arguments.ts";
import { chooseOne, requireCount } from "../cli/choice.ts";
import { BACKEND_NAMES } from "../device.ts";
import { hasAdapter } from "../gpu/machine/device.ts";
import { DATA_TYPES, type DataType } from "../tensor/data_type.ts";
import type { Build } from "../wasm/mod.ts";

const BUILDS: readonly Build[] = ["relaxed", "plain"];

/** Declaration of the command. */
export const COMMAND = {
  name: "verify",
  summary: "Compares every attention pattern, model and conversion with golden tensors.",
  options: {
    device: {
      type: "string",
      placeholder: "NAMES",
      description: `Backends, separated by commas: ${
        BACKEND_NAMES.join(", ")
      }; all available ones if absent.`,
    },
    threads: {
      type: "number",
      description: "Threads of wasm; one per core if absent.",
    },
    build: {
      type: "string",
      placeholder: "NAME",
      description: `Kernels of wasm: ${BUILDS.join(" or ")}; the fastest available if absent.`,
    },
    dtype: {
      type: "string",
      placeholder: "NAME",
      description: `Data type of the weights, and on webgpu of all tensors with fp16: ${
        DATA_TYPES.join(", ")
      }; fp32 if absent. With weights alone in fp16, or in q8, cases of rotary decoders run.`,
    },
    filter: {
      type: "string",
      placeholder: "TEXT",
      description: "Run only cases whose name contains the text.",
    },
    support: {
      type: "boolean",
      default: false,
      description: "Print a Markdown table of passed cases by family and head.",
    },
    quiet: {
      type: "boolean",
      default: false,
      description: "Print only failures and the summary.",
    },
  },
} as const satisfies Command;

/** Checked options. */
export interface VerifyOptions {
  /** Backends to run on. */
  readonly devices: readonly BackendName[];
  /** Threads of `wasm`. */
  readonly threads?: number;
  /** Build of the kernels of `wasm`. */
  readonly build?: Build;
  /** Data type of the weights. */
  readonly dtype?: DataType;
  /** Text that the names of cases must contain. */
  readonly filter: string;
  /** Whether to print a table of families and heads. */
  readonly support: boolean;
  /** Whether to print only failures. */
  readonly quiet: boolean;
}

/**
 * Checks the options.
 *
 * @param values Option values.
 * @returns The checked options.
 * @throws {UsageError} If a value is unknown, or an option does not apply to the chosen backends.
 */
export async function readOptions(
  values: OptionValues<typeof COMMAND.options>,
): Promise<VerifyOptions> {
  const { device, threads, build, dtype, filter = "", support, quiet } = values;
  const devices = device === undefined
    ? await openableBackends()
    : device.split(",").map((name) => chooseOne("device", name, BACKEND_NAMES));
  const owners = { threads: "wasm", build: "wasm" } as const;
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
    dtype: dtype === undefined ? dtype : chooseOne("dtype", dtype, DATA_TYPES),
    filter,
    support,
    quiet,
  };
}

/** All backends, without webgpu if there is not even an emulated adapter. */
async function openableBackends(): Promise<BackendName[]> {
  const hasGpu = await hasAdapter();
  return BACKEND_NAMES.filter((name) => name !== "webgpu" || hasGpu);
}
