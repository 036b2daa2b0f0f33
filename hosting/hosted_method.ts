/**
 * What a hosted model does with items.
 *
 * @module
 */

/** Options of a call; the pipeline checks them. */
export type MethodOptions = Readonly<Record<string, unknown>>;

/** What a call gives a method besides its options. */
export interface MethodCall {
  /** Stops the call. */
  readonly signal: AbortSignal;
  /** Most tokens of a batch. */
  readonly batchTokens: number;
  /** Called with pieces of the text of an item while it is written. */
  readonly onText: (item: number, text: string) => void;
  /** Whether nobody wants the result of an item any more. */
  readonly isCancelled: (item: number) => boolean;
}

/** A method of a loaded model. */
export interface HostedMethod {
  /**
   * Counts the tokens of an item as the model would read it, before any cut.
   *
   * @throws {TypeError | RangeError} If the item is malformed.
   */
  count(item: unknown, options: MethodOptions): number;
  /** Runs items together; returns a result for each. */
  run(items: readonly unknown[], options: MethodOptions, call: MethodCall): Promise<unknown[]>;
  /** Whether an item must fit the model in one pass, unless it is cut. */
  isBounded(options: MethodOptions): boolean;
  /**
   * Checks an item of so many tokens; absent: there is nothing more to check.
   *
   * @throws {RangeError} If it cannot run.
   */
  check?(tokens: number, options: MethodOptions): void;
  /** Whether an item with these options runs by itself; absent: with others of the same options. */
  isAlone?(options: MethodOptions): boolean;
  /** Most items of different lengths that run together; absent: those of similar lengths do. */
  readonly mixed?: number;
  /** Loads what counting needs; absent: nothing. */
  readonly prepare?: () => Promise<unknown>;
  /** Whether items are answered at once, as they do not run the model; absent: they queue. */
  readonly isImmediate?: boolean;
}
