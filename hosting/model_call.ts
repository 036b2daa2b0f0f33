/**
 * What a hosted model can be asked: messages between its thread and the one that started it.
 *
 * @module
 */
import type { BackendName, DataType } from "../ops/backend.ts";
import type { HubEnvironment } from "../hub/env.ts";
import type { HostedTask, Method } from "./tasks.ts";

/** What a thread loads. */
export interface ModelRequest {
  /** A folder, `owner/name` or a URL. */
  readonly checkpoint: string;
  /** The task; absent: as the checkpoint's config says. */
  readonly task?: HostedTask;
  /** Options of loading, but no functions. */
  readonly options: {
    readonly device?: BackendName | "auto";
    readonly dtype?: DataType;
    readonly threads?: number;
    readonly seed?: number;
    readonly revision?: string;
    readonly cache_dir?: string;
    readonly local_files_only?: boolean;
    readonly token?: string;
    readonly lsg?: Readonly<Record<string, unknown>>;
    readonly config?: Readonly<Record<string, unknown>>;
  };
  /** Most tokens of a batch, padding included. */
  readonly batchTokens: number;
  /** How long a text lets shorter ones pass: in multiples of the time that it takes itself. */
  readonly patience?: number;
}

/** What is known of a loaded model. */
export interface ModelInfo {
  /** Name of the checkpoint. */
  readonly checkpoint: string;
  /** The commit, of a model from the hub. */
  readonly revision?: string;
  /** The task. */
  readonly task: HostedTask;
  /** What it can be asked. */
  readonly methods: readonly Method[];
  /** The config's `model_type`. */
  readonly modelType: string;
  /** The longest text, in tokens. */
  readonly maxLength: number;
  /** Backend. */
  readonly device: string;
  /** Data type of the weights. */
  readonly dtype: string;
  /** Width of embeddings, for `embed`. */
  readonly width?: number;
  /**
   * Widths to which vectors can be cut, as config.json says (`is_matryoshka`,
   * `matryoshka_dimensions`); true: any.
   */
  readonly matryoshka?: true | readonly number[];
  /** How embeddings are pooled, for `embed`. */
  readonly pooling?: string;
  /** Labels of a classifier, by their ids. */
  readonly labels?: readonly string[];
  /** The token of a masked word, for `fill_mask`. */
  readonly maskToken?: string;
}

/** An answer that failed. */
export interface Failure {
  /** Name of the error's class. */
  readonly name: string;
  /** Its message. */
  readonly message: string;
}

/** A message to the thread. */
export type ToThread =
  | { readonly load: ModelRequest; readonly env: Partial<HubEnvironment> }
  | {
    readonly call: number;
    readonly method: Method;
    readonly items: readonly unknown[];
    readonly options: Readonly<Record<string, unknown>>;
    /** Whether pieces of text are sent while they are written. */
    readonly streams?: boolean;
  }
  | { readonly cancel: number }
  /** Disposes of the model when nothing waits or runs. */
  | { readonly close: true }
  /** Disposes of the model now, or as soon as its loading has stopped. */
  | { readonly dispose: true };

/** An answer to one item of a call. */
export interface Answered {
  /** The result. */
  readonly result: unknown;
  /** Tokens of the item, before any cut. */
  readonly tokens: number;
  /** Whether tokens beyond the longest length were cut off. */
  readonly isCut: boolean;
}

/** A message of the thread. */
export type FromThread =
  | { readonly info: ModelInfo }
  | { readonly failed: Failure }
  | (
    & { readonly call: number; readonly index: number }
    & (
      | Answered
      | { readonly failure: Failure }
      | { readonly text: string }
    )
  )
  | { readonly batch: BatchReport }
  | { readonly disposed: true };

/** What a batch was, for metrics. */
export interface BatchReport {
  /** Its texts. */
  readonly texts: number;
  /** Their tokens, without padding. */
  readonly tokens: number;
  /** Seconds that it ran. */
  readonly seconds: number;
  /** Texts and tokens that still wait. */
  readonly waiting: readonly [texts: number, tokens: number];
}

/**
 * An error as a message.
 *
 * @param error What was thrown.
 * @returns Its name and message.
 */
export function toFailure(error: unknown): Failure {
  if (error instanceof Error) return { name: error.name, message: error.message };
  return { name: "Error", message: String(error) };
}

/**
 * A message as an error of the same class.
 *
 * @param failure Name and message.
 * @returns The error.
 */
export function fromFailure({ name, message }: Failure): Error {
  const known: Readonly<Record<string, new (message: string) => Error>> = {
    RangeError,
    SyntaxError,
    TypeError,
  };
  if (Object.hasOwn(known, name)) return new known[name](message);
  return Object.assign(new Error(message), { name });
}
