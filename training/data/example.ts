/**
 * An example to learn from.
 *
 * @module
 */

/** An example: its keys depend on what the model learns, see {@linkcode Collator}. */
export type Example = Readonly<Record<string, unknown>>;

/** An example and where it is from. */
export interface LocatedExample {
  /** The example. */
  readonly value: Example;
  /** Its index among all examples. */
  readonly index: number;
  /** File and line, or list and index, as errors name it. */
  readonly where: string;
}

/** Examples that can be read in any order. */
export interface Examples {
  /** How many there are. */
  readonly length: number;
  /** About how long one is, in units of its own: bytes, characters or tokens. */
  sizeOf(index: number): number;
  /** Reads one. */
  at(index: number): Promise<LocatedExample>;
}
