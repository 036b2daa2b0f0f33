/**
 * The connection to Redis.
 *
 * @module
 */
import type { Redis } from "ioredis";
import { needPackages } from "../base/need_packages.ts";

/** What the queue's packages are called, for npm. */
export const QUEUE_PACKAGES = ["bullmq", "ioredis"] as const;

/** The oldest Redis whose commands BullMQ recommends. */
const OLDEST = [6, 2] as const;

/** Milliseconds in which a server must answer. */
const CONNECT_TIMEOUT = 10_000;

/** Milliseconds in which a worker waits for a server that is being started. */
const START_TIMEOUT = 10_000;

/** What the system says where nobody answers, or where a server ends as it is asked. */
const ABSENT = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "ECONNRESET", "EPIPE"];

/** What ioredis says where the connection ended before the answer. */
const CLOSED = "Connection is closed.";

/** Redis cannot be reached, refuses the password, or is too old. */
export class RedisError extends Error {
  /** Name of the class. */
  override readonly name = "RedisError";
  /** Whether nobody answers at the address: a server may be there soon. */
  readonly isAbsent: boolean;

  /**
   * Makes an error.
   *
   * @param message What cannot be done, and why.
   * @param isAbsent Whether nobody answers.
   */
  constructor(message: string, isAbsent = false) {
    super(message);
    this.isAbsent = isAbsent;
  }
}

/** Where a Redis is, and how to enter. */
interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly username?: string;
  readonly password?: string;
  readonly db: number;
  readonly tls?: Readonly<Record<string, never>>;
}

/** An open connection. */
export interface RedisLink {
  /** The client; it connects again by itself. */
  readonly client: Redis;
  /** The address without its password, for messages. */
  readonly shown: string;
}

/**
 * Reads the URL of a Redis. No message quotes it, as it may hold a password.
 *
 * @param url `redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE]`, or `rediss://` for TLS.
 * @returns The address.
 * @throws {RangeError} If it is malformed.
 */
export function parseRedisUrl(url: string): RedisAddress {
  const wrong = (what: string) =>
    new RangeError(
      `Cannot use the URL of Redis: ${what}; wanted redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE], ` +
        "or rediss:// for TLS",
    );
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw wrong("it is malformed");
  }
  const { protocol, hostname, port, pathname, search, hash } = parsed;
  if (protocol !== "redis:" && protocol !== "rediss:") throw wrong("its scheme is another one");
  if (hostname === "") throw wrong("it names no host");
  if (search !== "" || hash !== "") throw wrong("it has a part behind ? or #");
  const [, database] = pathname.match(/^\/?(\d*)$/) ?? [];
  if (database === undefined) throw wrong("its database is not a number");
  const decode = (text: string) => {
    try {
      return text === "" ? undefined : decodeURIComponent(text);
    } catch {
      throw wrong("its user or password has a % that does not begin a code");
    }
  };
  return {
    host: hostname.replace(/^\[|\]$/g, ""),
    port: Number(port || 6379),
    username: decode(parsed.username),
    password: decode(parsed.password),
    db: Number(database || 0),
    ...(protocol === "rediss:" && { tls: {} }),
  };
}

/**
 * Connects to Redis.
 *
 * @param url Its URL.
 * @param onWarning Called if Redis may remove keys when its memory is full.
 * @returns The connection; the caller disconnects it.
 * @throws {RangeError} If the URL is malformed.
 * @throws {RedisError} If Redis cannot be reached, refuses the password, or is too old.
 */
export async function connectRedis(
  url: string,
  onWarning: (message: string) => void,
): Promise<RedisLink> {
  const address = parseRedisUrl(url);
  const { host, port, db, tls } = address;
  const shown = `${tls ? "rediss" : "redis"}://${host.includes(":") ? `[${host}]` : host}:${port}` +
    (db === 0 ? "" : `/${db}`);
  const { Redis } = await needPackages("a queue", QUEUE_PACKAGES, import("ioredis"));
  let isOpen = false;
  let reason: unknown;
  const client = new Redis({
    ...address,
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT,
    // What was sent waits for the next connection.
    maxRetriesPerRequest: null,
    retryStrategy: (times) => isOpen ? Math.min(200 * times, 2000) : null,
  });
  client.on("error", (error) => {
    reason = error;
  });
  try {
    await client.connect();
    isOpen = true;
    checkServer(await client.info(), shown, onWarning);
    return { client, shown };
  } catch (error) {
    client.disconnect();
    if (error instanceof RedisError) throw error;
    const { message, code } = firstOf(reason ?? error);
    const isAbsent = ABSENT.includes(code ?? "") || message === CLOSED;
    throw new RedisError(`Cannot use Redis at ${shown}: ${message}`, isAbsent);
  }
}

/**
 * Connects to Redis, and waits for one that is just being started.
 *
 * @param url Its URL.
 * @param onWarning Called if Redis may remove keys when its memory is full.
 * @param signal Stops waiting, after the attempt that runs.
 * @returns The connection; the caller disconnects it.
 * @throws {RangeError} If the URL is malformed.
 * @throws {RedisError} If Redis cannot be reached, refuses the password, or is too old.
 * @throws The signal's reason, if it was aborted.
 */
export async function awaitRedis(
  url: string,
  onWarning: (message: string) => void,
  signal?: AbortSignal,
): Promise<RedisLink> {
  const end = performance.now() + START_TIMEOUT;
  for (;;) {
    signal?.throwIfAborted();
    try {
      return await connectRedis(url, onWarning);
    } catch (error) {
      if (!(error instanceof RedisError && error.isAbsent) || performance.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}

/** An error; of several addresses that were tried, the first one's. */
function firstOf(error: unknown): Error & { readonly code?: string } {
  const { errors } = error as AggregateError;
  return Array.isArray(errors) && errors.length > 0 ? errors[0] : error as Error;
}

/** Reads what `INFO` says of version and memory. */
function checkServer(info: string, shown: string, onWarning: (message: string) => void): void {
  const [, version, major, minor] = info.match(/^redis_version:((\d+)\.(\d+)\S*)/m) ?? [];
  const isOld = Number(major) < OLDEST[0] ||
    (Number(major) === OLDEST[0] && Number(minor) < OLDEST[1]);
  if (isOld) {
    throw new RedisError(
      `Cannot use Redis ${version} at ${shown}: wanted ${OLDEST.join(".")} or newer`,
    );
  }
  const [, policy] = info.match(/^maxmemory_policy:(\S+)/m) ?? [];
  if (policy !== undefined && policy !== "noeviction") {
    onWarning(
      `Redis at ${shown} removes keys when its memory is full (maxmemory-policy ${policy}), also ` +
        "those of the queue; wanted noeviction",
    );
  }
}
