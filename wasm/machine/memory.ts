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
  /** Free for operations. */
  readonly #free: Range[];
  /** Free for any use: what was released since the last {@linkcode Arena.settle} is not. */
  #settled: Range[];
  #hasReleased = false;
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
    this.#settled = [{ start: this.#highest, end }];
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
    const ranges = isWrittenNow ? this.#settled : this.#free;
    const start = ranges.find(({ start, end }) => end - start >= size)?.start;
    if (start === undefined) {
      throw new RangeError(
        `Cannot allocate ${megabytes(size)} MB of WebAssembly memory: ${
          megabytes(this.#used)
        } of ` +
          `${megabytes(this.#end)} MB are in use and the rest is too small; a shorter text or a ` +
          "smaller batch needs less",
      );
    }
    remove(this.#free, { start, end: start + size });
    remove(this.#settled, { start, end: start + size });
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
    insert(this.#free, { start, end: start + size });
    this.#hasReleased = true;
  }

  /** Makes released parts free for any use; called when all recorded operations have run. */
  settle(): void {
    if (!this.#hasReleased) return;
    this.#settled = this.#free.map((range) => ({ ...range }));
    this.#hasReleased = false;
  }
}

/** Takes a range out of those that it overlaps. */
function remove(ranges: Range[], { start, end }: Range): void {
  for (let i = ranges.findIndex((range) => range.end > start); i >= 0 && i < ranges.length;) {
    const range = ranges[i];
    if (range.start >= end) return;
    const rest = [{ start: range.start, end: start }, { start: end, end: range.end }]
      .filter((part) => part.end > part.start);
    ranges.splice(i, 1, ...rest);
    i += rest.length;
  }
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
