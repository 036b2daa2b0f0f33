/**
 * Metrics for Prometheus.
 *
 * @module
 */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { BatchReport } from "../hosting/mod.ts";

/** A request that was answered. */
export interface AnsweredRequest {
  /** The route's path, or "other". */
  readonly route: string;
  /** The status of the answer. */
  readonly status: number;
  /** Seconds from its first byte to the answer. */
  readonly seconds: number;
}

/** Bounds of the buckets of histograms. */
const SECONDS = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100];
const TEXTS = [1, 2, 4, 8, 16, 32, 64, 128];

/** Metrics of a server. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #seconds: Histogram;
  readonly #batchTexts: Histogram;
  readonly #batchSeconds: Histogram;
  readonly #tokens: Counter;
  readonly #waitingTexts: Gauge;
  readonly #waitingTokens: Gauge;

  /**
   * Makes the metrics.
   *
   * @param held Tells how many requests run and wait.
   * @param ofProcess Whether memory, processor time and so on of the process are among them; they
   * are watched until it ends.
   */
  constructor(held: () => number, ofProcess: boolean) {
    const registers = [this.#registry];
    if (ofProcess) collectDefaultMetrics({ register: this.#registry });
    const ofModel = { labelNames: ["model"], registers };
    this.#seconds = new Histogram({
      name: "lsg_request_seconds",
      help: "Seconds from a request to its answer",
      buckets: SECONDS,
      labelNames: ["route", "status"],
      registers,
    });
    this.#batchTexts = new Histogram({
      name: "lsg_batch_texts",
      help: "Texts that ran together",
      buckets: TEXTS,
      ...ofModel,
    });
    this.#batchSeconds = new Histogram({
      name: "lsg_batch_seconds",
      help: "Seconds that a batch ran",
      buckets: SECONDS,
      ...ofModel,
    });
    new Gauge({
      name: "lsg_requests_held",
      help: "Requests that run and wait",
      registers,
      collect() {
        this.set(held());
      },
    });
    this.#tokens = new Counter({
      name: "lsg_tokens_total",
      help: "Tokens that models read, without padding",
      ...ofModel,
    });
    this.#waitingTexts = new Gauge({
      name: "lsg_waiting_texts",
      help: "Texts that wait, after the last batch",
      ...ofModel,
    });
    this.#waitingTokens = new Gauge({
      name: "lsg_waiting_tokens",
      help: "Tokens that wait, after the last batch",
      ...ofModel,
    });
  }

  /**
   * Notes an answer.
   *
   * @param request Route, status and time.
   */
  noteRequest({ route, status, seconds }: AnsweredRequest): void {
    this.#seconds.observe({ route, status }, seconds);
  }

  /**
   * Notes a batch.
   *
   * @param model Name of the model.
   * @param report What ran.
   */
  noteBatch(model: string, { texts, tokens, seconds, waiting }: BatchReport): void {
    this.#batchTexts.observe({ model }, texts);
    this.#batchSeconds.observe({ model }, seconds);
    this.#tokens.inc({ model }, tokens);
    this.#waitingTexts.set({ model }, waiting[0]);
    this.#waitingTokens.set({ model }, waiting[1]);
  }

  /** All metrics, as Prometheus reads them. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** Type of that text. */
  get contentType(): string {
    return this.#registry.contentType;
  }
}
