/**
 * Settings of a server.
 *
 * @module
 */
import type { ModelRequest } from "../hosting/mod.ts";

/** A model to serve. */
export interface ServedModelRequest extends Omit<ModelRequest, "batchTokens" | "options"> {
  /** Its name in requests. */
  readonly name: string;
  /** Options of loading; absent: the defaults. */
  readonly options?: ModelRequest["options"];
}

/** Settings of a server. */
export interface ServerSettings {
  /** The models; the first that can do a task does it where a request names none. */
  readonly models: readonly ServedModelRequest[];
  /** Address to listen on; `127.0.0.1` if absent. */
  readonly hostname?: string;
  /** Port to listen on; 0: any that is free; 8080 if absent. */
  readonly port?: number;
  /** Most tokens of a batch, padding included; absent: 8,192, or the longest text's if it is more. */
  readonly max_batch_tokens?: number;
  /** Most requests that run and wait; others get 429. 512 if absent. */
  readonly max_concurrent?: number;
  /** Most bytes of a request's body; 32 MiB if absent. */
  readonly max_body?: number;
  /** Most texts of a request, times labels or `n`; 2,048 if absent. */
  readonly max_texts?: number;
  /** Seconds in which a body must arrive; 30 if absent. */
  readonly body_timeout?: number;
  /** Seconds in which running requests may end when the server is stopped; 30 if absent. */
  readonly drain_timeout?: number;
  /** Keys, one of which requests must bring as `Authorization: Bearer KEY`; none: no key is asked. */
  readonly api_keys?: readonly string[];
  /** Origins whose pages may ask, or `*`; none: no page of another origin. */
  readonly cors_origins?: readonly string[];
  /** Called with each line of the log, JSON; absent: nothing is logged. */
  readonly log?: (line: string) => void;
}

/** Bytes of bodies that are held together, in multiples of the largest one. */
export const BODIES = 8;

/** Defaults of the settings. */
export const SERVER_DEFAULTS = {
  hostname: "127.0.0.1",
  port: 8080,
  max_concurrent: 512,
  max_body: 32 * 2 ** 20,
  max_texts: 2048,
  body_timeout: 30,
  drain_timeout: 30,
} as const;

/** Tokens of a batch where the settings do not say. */
export const BATCH_TOKENS = 8192;

/** The most milliseconds that a timer takes; of more it would make one. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * A time for a timer.
 *
 * @param seconds Seconds, which may be infinite.
 * @returns Milliseconds, 24 days at most.
 */
export function timerMilliseconds(seconds: number): number {
  return Math.min(LONGEST_TIMER, 1000 * seconds);
}
