/**
 * A server of models.
 *
 * @module
 */
import { createApp } from "./app.ts";
import { checkSettings } from "./check_settings.ts";
import { listen } from "./listen.ts";
import { ServedModels } from "./served_models.ts";
import { SERVER_DEFAULTS, type ServerSettings, timerMilliseconds } from "./settings.ts";

/** Models that answer requests of another server. */
export interface ModelHandler {
  /** Answers a request. */
  fetch(request: Request): Promise<Response>;
  /**
   * Resolves when all models are loaded; until then requests get 503. Rejects if one cannot be, or
   * with an `AbortError` if the server is stopped before.
   */
  readonly ready: Promise<void>;
  /**
   * Accepts nothing more, answers what runs and waits, and ends. What takes longer than
   * `drain_timeout` is broken off. Called again, it waits for the same end.
   */
  stop(): Promise<void>;
}

/** A running server. */
export interface ModelServer extends ModelHandler {
  /** Where it can be reached. */
  readonly url: string;
}

/** What answers requests before models are loaded, and after. */
interface Parts extends Pick<ModelHandler, "fetch"> {
  /** Writes a line of the log. */
  note(entry: object): void;
  /** Loads the models. */
  load(): Promise<void>;
  /** Ends; `endListening` resolves when all requests are answered. */
  stop(endListening: () => Promise<void>): Promise<void>;
}

function makeParts(settings: ServerSettings): Parts {
  const { drain_timeout = SERVER_DEFAULTS.drain_timeout } = settings;
  const note = (entry: object) =>
    settings.log?.(JSON.stringify({ time: new Date().toISOString(), level: "info", ...entry }));
  const models = new ServedModels({
    onLoaded: ({ name, model }, seconds) =>
      note({ event: "loaded", model: name, seconds: Number(seconds.toFixed(2)), ...model.info }),
    onBatch: (name, report) => metrics.noteBatch(name, report),
    onEnd: (model, error) =>
      note({ level: "error", event: "failed", model, error: error.message.slice(0, 500) }),
  });
  const { app, metrics } = createApp({ models, settings, processMetrics: true });
  const end = async (endListening: () => Promise<void>) => {
    note({ event: "stopping" });
    models.stop();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<"late">((resolve) => {
      timer = setTimeout(() => resolve("late"), timerMilliseconds(drain_timeout));
    });
    const ended = endListening().then(() => models.close());
    if (await Promise.race([ended, late]) === "late") {
      note({ level: "warning", event: "broken off", seconds: drain_timeout });
      await models.terminate();
    }
    clearTimeout(timer);
    note({ event: "stopped" });
  };
  let ending: Promise<void> | undefined;
  return {
    fetch: async (request) => await app.fetch(request),
    note,
    load: () => {
      const ready = models.load(settings.models, settings.max_batch_tokens);
      ready.catch(() => {});
      return ready;
    },
    stop: (endListening) => ending ??= end(endListening),
  };
}

/**
 * Loads models that answer requests of a server that exists: its middleware passes requests on to
 * `fetch`. Nothing listens.
 *
 * @param settings Models and limits; `hostname` and `port` are without effect.
 * @returns What answers requests.
 * @throws {TypeError | RangeError} If a setting is unknown or wrong.
 */
export function createHandler(settings: ServerSettings): ModelHandler {
  const { fetch, load, stop } = makeParts(checkSettings(settings));
  return { fetch, ready: load(), stop: () => stop(() => Promise.resolve()) };
}

/**
 * Starts a server, which listens while it loads its models.
 *
 * @param given Models, address, limits.
 * @returns The server.
 * @throws {TypeError | RangeError} If a setting is unknown or wrong.
 * @throws {Error} If the port is taken.
 */
export async function startServer(given: ServerSettings): Promise<ModelServer> {
  const settings = checkSettings(given);
  const { hostname = SERVER_DEFAULTS.hostname, port = SERVER_DEFAULTS.port } = settings;
  const { fetch, note, load, stop } = makeParts(settings);
  const { url, stop: endListening } = await listen(fetch, hostname, port);
  note({ event: "listening", url });
  return { url, fetch, ready: load(), stop: () => stop(endListening) };
}
