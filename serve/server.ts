/**
 * A server of models.
 *
 * @module
 */
import { createApp } from "./app.ts";
import { listen } from "./listen.ts";
import { ServedModels } from "./served_models.ts";
import { SERVER_DEFAULTS, type ServerSettings } from "./settings.ts";

/** A running server. */
export interface ModelServer {
  /** Where it can be reached. */
  readonly url: string;
  /** Resolves when all models are loaded; until then requests get 503. */
  readonly ready: Promise<void>;
  /**
   * Accepts nothing more, answers what runs and waits, and ends. What takes longer than
   * `drain_timeout` is broken off.
   */
  stop(): Promise<void>;
}

/**
 * Starts a server, which listens while it loads its models.
 *
 * @param settings Models, address, limits.
 * @returns The server.
 * @throws {Error} If the port is taken.
 */
export async function startServer(settings: ServerSettings): Promise<ModelServer> {
  const {
    hostname = SERVER_DEFAULTS.hostname,
    port = SERVER_DEFAULTS.port,
    drain_timeout = SERVER_DEFAULTS.drain_timeout,
  } = settings;
  const note = (entry: object) =>
    settings.log?.(JSON.stringify({ time: new Date().toISOString(), level: "info", ...entry }));
  const models = new ServedModels({
    onLoaded: ({ name, model }, seconds) =>
      note({ event: "loaded", model: name, seconds: Number(seconds.toFixed(2)), ...model.info }),
    onBatch: (name, report) => metrics.noteBatch(name, report),
    onEnd: (model, error) =>
      note({ level: "error", event: "failed", model, error: error.message.slice(0, 500) }),
  });
  const { app, metrics } = createApp({ models, settings });
  const server = await listen((request) => app.fetch(request), hostname, port);
  note({ event: "listening", url: server.url });
  const ready = models.load(settings.models, settings.max_batch_tokens);
  ready.catch(() => {});
  return {
    url: server.url,
    ready,
    stop: async () => {
      note({ event: "stopping" });
      models.stop();
      let timer: ReturnType<typeof setTimeout> | undefined;
      const late = new Promise<"late">((resolve) => {
        timer = setTimeout(() => resolve("late"), 1000 * drain_timeout);
      });
      const ended = server.stop().then(() => models.close());
      if (await Promise.race([ended, late]) === "late") {
        note({ level: "warning", event: "broken off", seconds: drain_timeout });
        models.terminate();
      }
      clearTimeout(timer);
      note({ event: "stopped" });
    },
  };
}
