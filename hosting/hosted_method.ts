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
  /** Called with pieces of a text while it is written; absent: nobody reads them. */
  readonly onText?: (text: string) => void;
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
  readonly isBounded: boolean;
  /** Whether items run one at a time. */
  readonly isSingle?: boolean;
  /** Loads what counting needs; absent: nothing. */
  readonly prepare?: () => Promise<unknown>;
  /** Whether items are answered at once, as they do not run the model; absent: they queue. */
  readonly isImmediate?: boolean;
}
