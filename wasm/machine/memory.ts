/**
 * Allocation of parts of a WebAssembly memory.
 *
 * @module
 */

/** Addresses are multiples of this: a cache line. */
const ALIGNMENT = 64;

/** A free range of addresses. */
interface Range {
  start: number;
  end: number;
}

/**
 * Allocates parts of a memory, first fit, and releases them.
 *
 * Operations run later than they are recorded, but in that order. So a released part may be reused
 * at once by an operation that is recorded later, but not for values that are written now, before
 * the recorded operations have run: these get only parts that were free at the last {@linkcode
 * Arena.settle}.
 */
export class Arena {
  /** Free for any use. */
  #free: Range[];
  /** Released since the last {@linkcode Arena.settle}: free for operations only. */
  #recent: Range[] = [];
  #sizes = new Map<number, number>();
  #used = 0;
  readonly #end: number;
  #highest: number;

  /**
   * Manages a range of addresses.
   *
   * @param start Its first address.
   * @param end The address after its last.
   */
  constructor(start: number, end: number) {
    this.#highest = Math.ceil(start / ALIGNMENT) * ALIGNMENT;
    this.#end = end;
    this.#free = [{ start: this.#highest, end }];
  }

  /** Allocated bytes. */
  get used(): number {
    return this.#used;
  }

  /** Number of allocated parts. */
  get parts(): number {
    return this.#sizes.size;
  }

  /** The address after the highest one that was ever allocated. */
  get highest(): number {
    return this.#highest;
  }

  /**
   * Allocates a part.
   *
   * @param bytes Its size.
   * @param isWrittenNow Whether it is written before the recorded operations run.
   * @returns Its address.
   * @throws {RangeError} If no free range is large enough.
   */
  allocate(bytes: number, isWrittenNow: boolean): number {
    const size = Math.max(ALIGNMENT, Math.ceil(bytes / ALIGNMENT) * ALIGNMENT);
    const start = (isWrittenNow ? undefined : allocateFrom(this.#recent, size)) ??
      allocateFrom(this.#free, size);
    if (start === undefined) {
      throw new RangeError(
        `Cannot allocate ${megabytes(size)} MB of WebAssembly memory: ${
          megabytes(this.#used)
        } of ` +
          `${megabytes(this.#end)} MB are in use and the rest is too small; a shorter text or a ` +
          "smaller batch needs less",
      );
    }
    this.#sizes.set(start, size);
    this.#used += size;
    this.#highest = Math.max(this.#highest, start + size);
    return start;
  }

  /**
   * Releases a part.
   *
   * @param start Its address.
   */
  release(start: number): void {
    const size = this.#sizes.get(start);
    if (size === undefined) return;
    this.#sizes.delete(start);
    this.#used -= size;
    insert(this.#recent, { start, end: start + size });
  }

  /** Makes released parts free for any use; called when all recorded operations have run. */
  settle(): void {
    for (const range of this.#recent) insert(this.#free, range);
    this.#recent = [];
  }
}

function allocateFrom(ranges: Range[], size: number): number | undefined {
  const i = ranges.findIndex(({ start, end }) => end - start >= size);
  if (i === -1) return undefined;
  const { start } = ranges[i];
  ranges[i].start += size;
  if (ranges[i].start === ranges[i].end) ranges.splice(i, 1);
  return start;
}

/** Keeps ranges in order and joins neighbours. */
function insert(ranges: Range[], range: Range): void {
  let i = ranges.findIndex(({ start }) => start > range.start);
  if (i === -1) i = ranges.length;
  const joined = { ...range };
  let removed = 0;
  if (ranges[i]?.start === joined.end) {
    joined.end = ranges[i].end;
    removed++;
  }
  if (i > 0 && ranges[i - 1].end === joined.start) {
    joined.start = ranges[i - 1].start;
    i--;
    removed++;
  }
  ranges.splice(i, removed, joined);
}

function megabytes(bytes: number): string {
  return String(Math.ceil(bytes / 2 ** 20));
}
