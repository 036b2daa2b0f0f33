/**
 * The models of a server: loading, and which one answers a request.
 *
 * @module
 */
import { type Answered, type BatchReport, HostedModel, type Method } from "../hosting/mod.ts";
import { ApiError } from "./api_error.ts";
import { BATCH_TOKENS, type ServedModelRequest } from "./settings.ts";

/** A loaded model and its name. */
export interface ServedModel {
  /** Its name in requests. */
  readonly name: string;
  /** The model. */
  readonly model: HostedModel;
  /** When it was loaded, in seconds since 1970. */
  readonly created: number;
}

/** Callbacks of {@linkcode ServedModels}. */
export interface ServedModelsEvents {
  /** Called when a model is loaded. */
  readonly onLoaded?: (served: ServedModel, seconds: number) => void;
  /** Called after each batch of a model. */
  readonly onBatch?: (name: string, report: BatchReport) => void;
  /** Called if a model's thread dies. */
  readonly onEnd?: (name: string, error: Error) => void;
}

/** The models of a server. */
export class ServedModels {
  readonly #models: ServedModel[] = [];
  readonly #events: ServedModelsEvents;
  readonly #waiting = new Map<string, number>();
  readonly #stopping = new AbortController();
  #loading: Promise<void> | undefined;
  #tokensPerSecond = 1000;
  #state: "loading" | "ready" | "failed" | "closing" = "loading";

  /**
   * Prepares to load models.
   *
   * @param events Callbacks.
   */
  constructor(events: ServedModelsEvents = {}) {
    this.#events = events;
  }

  /**
   * Makes them of a model that is loaded.
   *
   * @param name Its name in requests.
   * @param model The model, which its owner closes.
   * @returns The models, ready.
   */
  static of(name: string, model: HostedModel): ServedModels {
    const models = new ServedModels();
    models.#models.push({ name, model, created: Math.floor(Date.now() / 1000) });
    models.#state = "ready";
    return models;
  }

  /** Whether requests can be answered. */
  get state(): "loading" | "ready" | "failed" | "closing" {
    return this.#state;
  }

  /** The models that are loaded, in the order in which they were asked for. */
  get all(): readonly ServedModel[] {
    return this.#models;
  }

  /**
   * The first model.
   *
   * @throws {ApiError} 503 while models are loaded, 404 if there are none.
   */
  get first(): ServedModel {
    this.assertReady();
    const [first] = this.#models;
    if (first) return first;
    throw new ApiError(404, "not_found", "There are no models here");
  }

  /** Seconds after which what waits has probably run: at least 1, at most 60. */
  get backlogSeconds(): number {
    const tokens = [...this.#waiting.values()].reduce((sum, waiting) => sum + waiting, 0);
    return Math.min(60, Math.max(1, Math.ceil(tokens / this.#tokensPerSecond)));
  }

  /**
   * Loads models, one after the other.
   *
   * @param requests The models.
   * @param given Most tokens of a batch; absent: as {@linkcode BATCH_TOKENS} and the longest text say.
   * @throws {RangeError} If two have the same name, a model cannot be loaded, or a batch could not hold
   * its longest text.
   * @throws {DOMException} `AbortError`, if they were stopped before that.
   */
  load(requests: readonly ServedModelRequest[], given: number | undefined): Promise<void> {
    return this.#loading = this.#load(requests, given);
  }

  async #load(requests: readonly ServedModelRequest[], given: number | undefined): Promise<void> {
    try {
      const names = requests.map(({ name }) => name);
      const twice = names.find((name, i) => names.indexOf(name) !== i);
      if (twice !== undefined) {
        throw new RangeError(`Cannot serve two models as ${twice}: wanted NAME=MODEL for one`);
      }
      for (const { name, ...request } of requests) {
        const started = performance.now();
        const asked = { options: {}, ...request, batchTokens: given ?? BATCH_TOKENS };
        const model = await HostedModel.load(asked, {
          onBatch: (report) => this.#note(name, report),
          onEnd: (error) => {
            if (this.#state !== "closing") this.#state = "failed";
            this.#events.onEnd?.(name, error);
          },
        }, this.#stopping.signal);
        const { maxLength } = model.info;
        if (given !== undefined && given < maxLength) {
          await model.terminate();
          throw new RangeError(
            `Cannot serve ${name} in batches of ${given} tokens: its longest text has ` +
              `${maxLength}; wanted as many, or a shorter max_sequence_length`,
          );
        }
        const served = { name, model, created: Math.floor(Date.now() / 1000) };
        this.#models.push(served);
        this.#events.onLoaded?.(served, (performance.now() - started) / 1000);
      }
      this.#stopping.signal.throwIfAborted();
      if (this.#state === "loading") this.#state = "ready";
    } catch (error) {
      if (this.#state !== "closing") this.#state = "failed";
      await Promise.all(this.#models.splice(0).map(({ model }) => model.terminate()));
      throw error;
    }
  }

  /**
   * Finds the model of a request.
   *
   * @param method What it is asked.
   * @param name The name that the request gives; absent: the first model that has the method.
   * @returns The model.
   * @throws {ApiError} 503 while models are loaded; 404 if there is no such model; 400 if it, or none,
   * has the method.
   */
  find(method: Method, name?: string): ServedModel {
    this.assertReady();
    const has = ({ model }: ServedModel) => model.info.methods.includes(method);
    const tasks = () =>
      this.#models.map(({ name, model }) => `${name} (${model.info.task})`).join(", ");
    if (name === undefined) {
      const found = this.#models.find(has);
      if (found) return found;
      throw new ApiError(
        400,
        "invalid_request",
        `No model here can ${method.replaceAll("_", "-")}: there are ${tasks()}`,
      );
    }
    const found = this.#models.find((served) => served.name === name);
    if (!found) {
      throw new ApiError(
        404,
        "not_found",
        `There is no model ${JSON.stringify(name.slice(0, 200))} here: wanted one of ${tasks()}`,
      );
    }
    if (has(found)) return found;
    throw new ApiError(
      400,
      "invalid_request",
      `The model ${name} cannot ${method.replaceAll("_", "-")}: it is for ${found.model.info.task}`,
    );
  }

  /**
   * Asserts that all models are loaded.
   *
   * @throws {ApiError} 503 otherwise.
   */
  assertReady(): void {
    if (this.#state === "ready") return;
    const reasons = {
      loading: "the models are being loaded",
      failed: "a model has failed",
      closing: "the server is being stopped",
    } as const;
    throw new ApiError(503, "unavailable", `Cannot answer: ${reasons[this.#state]}`, 1);
  }

  /** From now on nothing is accepted; models that are being loaded are not waited for. */
  stop(): void {
    if (this.#state !== "failed") this.#state = "closing";
    this.#stopping.abort(
      new DOMException("The server was stopped before its models were loaded", "AbortError"),
    );
  }

  /** Waits for what runs and waits, and ends all threads. */
  async close(): Promise<void> {
    this.stop();
    await this.#loading?.catch(() => {}); // ends the thread of a model that is being loaded
    await Promise.all(this.#models.map(({ model }) => model.close()));
  }

  /** Ends all threads without waiting for what runs, within a second. */
  async terminate(): Promise<void> {
    this.stop();
    await this.#loading?.catch(() => {});
    await Promise.all(this.#models.map(({ model }) => model.terminate()));
  }

  #note(name: string, report: BatchReport): void {
    const { tokens, seconds, waiting } = report;
    if (tokens > 0 && seconds > 0) {
      this.#tokensPerSecond += (tokens / seconds - this.#tokensPerSecond) / 4;
    }
    this.#waiting.set(name, waiting[1]);
    this.#events.onBatch?.(name, report);
  }
}

/** Answers, and what a log tells of them. */
export interface Answers {
  /** The results, in the order of the items. */
  readonly results: readonly unknown[];
  /** Tokens that the model read, without those that were cut off. */
  readonly tokens: number;
  /** Which items were cut. */
  readonly cut: readonly number[];
}

/**
 * Adds up what a log and a client are told of answers.
 *
 * @param answers The answers.
 * @param longest The longest text, in tokens.
 * @returns Results, tokens, and which items were cut.
 */
export function sumAnswers(answers: readonly Answered[], longest: number): Answers {
  return {
    results: answers.map(({ result }) => result),
    tokens: answers.reduce(
      (sum, { tokens, isCut }) => sum + (isCut ? longest : tokens),
      0,
    ),
    cut: answers.flatMap(({ isCut }, i) => isCut ? [i] : []),
  };
}
