/**
 * The queue of a model: which texts run together, and when.
 *
 * @module
 */
import type { BatchReport } from "./model_call.ts";

/** A text that waits. */
export interface Unit {
  /** Units with the same key can run together: they are of the same method and options. */
  readonly key: string;
  /** Tokens that it takes. */
  readonly tokens: number;
  /** Whether nobody wants the result any more. */
  readonly isCancelled: boolean;
  /** Most units of different lengths that run together; absent: those of similar lengths do. */
  readonly mixed?: number;
}

/** What the queue is told. */
export interface SchedulerSettings<Waiting extends Unit> {
  /** Lengths that round up to the same multiple run together. */
  readonly multiple: number;
  /** Most tokens of a batch, padding included; a longer text runs alone. */
  readonly batchTokens: number;
  /**
   * How long a text lets shorter ones pass, in multiples of the time that it takes itself; 0: first
   * come, first served.
   */
  readonly patience?: number;
  /** Runs a batch and settles its units; never throws. */
  readonly run: (units: readonly Waiting[]) => Promise<void>;
  /** Called after each batch. */
  readonly onBatch?: (report: BatchReport) => void;
  /** The clock, in milliseconds. */
  readonly now?: () => number;
}

/**
 * How long a text lets shorter ones pass where the settings do not say: this many times the time that
 * it takes itself. A long document that takes a second waits at most sixteen more, and a short text
 * hardly waits at all.
 */
export const PATIENCE = 16;

/** Milliseconds a token, before anything was measured. */
const FIRST_RATE = 0.5;

/** Runs waiting units in batches, one at a time. */
export class Scheduler<Waiting extends Unit> {
  readonly #settings: SchedulerSettings<Waiting>;
  /** Waiting units, with the time at which they came. */
  #waiting: { readonly unit: Waiting; readonly came: number }[] = [];
  #rate = FIRST_RATE;
  #isRunning = false;
  #idle: (() => void)[] = [];

  /**
   * Makes an empty queue.
   *
   * @param settings How units are grouped and run.
   */
  constructor(settings: SchedulerSettings<Waiting>) {
    this.#settings = settings;
  }

  /** Number of units that wait, and their tokens. */
  get waiting(): readonly [units: number, tokens: number] {
    return [this.#waiting.length, this.#waiting.reduce((sum, { unit }) => sum + unit.tokens, 0)];
  }

  /**
   * Adds a unit.
   *
   * @param unit The unit.
   */
  add(unit: Waiting): void {
    this.#waiting.push({ unit, came: this.#now() });
    void this.#start();
  }

  /** Removes units that were cancelled. */
  sweep(): void {
    this.#waiting = this.#waiting.filter(({ unit }) => !unit.isCancelled);
  }

  /** Resolves when nothing waits or runs. */
  whenIdle(): Promise<void> {
    if (!this.#isRunning && this.#waiting.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  async #start(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    // What comes in the same task joins the first batch.
    await Promise.resolve();
    for (let batch = this.#take(); batch.length > 0; batch = this.#take()) {
      const before = this.#now();
      await this.#settings.run(batch);
      const seconds = (this.#now() - before) / 1000;
      const tokens = batch.reduce((sum, unit) => sum + unit.tokens, 0);
      if (tokens > 0) this.#rate += (1000 * seconds / tokens - this.#rate) / 4;
      const texts = batch.length;
      this.#settings.onBatch?.({ texts, tokens, seconds, waiting: this.waiting });
    }
    this.#isRunning = false;
    this.#idle.splice(0).forEach((resolve) => resolve());
  }

  /** Takes the units of the next batch: the one whose turn is first, and others of its length. */
  #take(): Waiting[] {
    this.sweep();
    const { multiple, batchTokens, patience = PATIENCE } = this.#settings;
    const padded = ({ tokens }: Unit) => Math.ceil(tokens / multiple) * multiple;
    const turn = ({ unit, came }: { readonly unit: Waiting; readonly came: number }) =>
      came + patience * this.#rate * unit.tokens;
    const order = this.#waiting.toSorted((a, b) => turn(a) - turn(b));
    if (order.length === 0) return [];
    const [{ unit: first }] = order;
    const length = padded(first);
    const same = order.map(({ unit }) => unit).filter((unit) => unit.key === first.key);
    const batch = first.mixed === undefined
      ? same.filter((unit) => padded(unit) === length)
        .slice(0, Math.max(1, Math.floor(batchTokens / Math.max(1, length))))
      : takeMixed(same, first.mixed, batchTokens);
    const taken = new Set(batch);
    this.#waiting = this.#waiting.filter(({ unit }) => !taken.has(unit));
    return batch;
  }

  #now(): number {
    return (this.#settings.now ?? performance.now.bind(performance))();
  }
}

/** The first units, as many as may run together. */
function takeMixed<Waiting extends Unit>(
  units: readonly Waiting[],
  most: number,
  batchTokens: number,
): Waiting[] {
  let tokens = 0;
  const end = units.findIndex((unit, i) => {
    tokens += unit.tokens;
    return i === most || i > 0 && tokens > batchTokens;
  });
  return units.slice(0, end < 0 ? units.length : end);
}
