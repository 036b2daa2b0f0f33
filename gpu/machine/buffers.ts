/**
 * Who has which buffer.
 *
 * @module
 */
import { caught, type GpuError } from "./errors.ts";

/** Smallest buffer, and what all sizes are multiples of. */
const SMALLEST = 256;

/** A buffer that nobody has. */
interface Free {
  readonly buffer: GPUBuffer;
  /** The reading after which it was given back. */
  readonly since: number;
}

/** Takes room for so many 32-bit numbers between the operations of one call. */
export type TakeScratch = (numbers: number) => GPUBuffer;

/**
 * Hands out buffers and takes them back.
 *
 * Operations run later than they are recorded, but in that order. So what is given back may be used
 * again at once by an operation that is recorded after, but not for values that are written now,
 * before the recorded operations have been submitted: these take only what was free at the last
 * {@linkcode Buffers.settle}.
 */
export class Buffers {
  /** Bytes of the largest buffer: what kernels can bind as a whole. */
  readonly largest: number;
  readonly #device: GPUDevice;
  readonly #onError: (error: GpuError) => void;
  readonly #taken = new Set<GPUBuffer>();
  /** Free for everything, by size. */
  readonly #free = new Map<number, Free[]>();
  /** Free for operations alone, by size. */
  readonly #recent = new Map<number, Free[]>();
  #bytes = 0;
  #readings = 0;

  /**
   * A pool without buffers.
   *
   * @param device What makes them.
   * @param largest Bytes that a buffer may have, if the device allows them.
   * @param onError Is told when one could not be made: WebGPU says so later.
   */
  constructor(device: GPUDevice, largest: number, onError: (error: GpuError) => void) {
    const { maxStorageBufferBindingSize, maxBufferSize } = device.limits;
    const bytes = Math.min(largest, maxStorageBufferBindingSize, maxBufferSize);
    this.largest = Math.floor(bytes / SMALLEST) * SMALLEST;
    this.#device = device;
    this.#onError = onError;
  }

  /** Bytes of all buffers, taken and free. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many buffers are taken. */
  get taken(): number {
    return this.#taken.size;
  }

  /**
   * Hands out a buffer.
   *
   * @param bytes How much it has to hold; `largest` at most.
   * @param isWrittenNow Whether it is written before the recorded operations are submitted.
   * @returns The buffer; what it holds is left from before.
   * @throws {RangeError} If it is larger.
   */
  take(bytes: number, isWrittenNow: boolean): GPUBuffer {
    if (bytes > this.largest) {
      throw new RangeError(
        `Cannot take a buffer of ${bytes} bytes: this adapter binds at most ${this.largest} at once`,
      );
    }
    const size = Math.min(sizeOf(bytes), this.largest);
    const free = (isWrittenNow ? undefined : this.#recent.get(size)?.pop()) ??
      this.#free.get(size)?.pop();
    const buffer = free?.buffer ?? this.#make(size);
    this.#taken.add(buffer);
    return buffer;
  }

  /**
   * Takes a buffer back.
   *
   * @param buffer The buffer; one that was given back already is left alone.
   */
  giveBack(buffer: GPUBuffer): void {
    if (!this.#taken.delete(buffer)) return;
    add(this.#recent, { buffer, since: this.#readings });
  }

  /**
   * Lends room for what the operations of one call hand to each other; operations that are recorded
   * after them may have the same room.
   *
   * @param body Records them.
   * @returns What `body` returns.
   */
  lend<Result>(body: (take: TakeScratch) => Result): Result {
    const lent: GPUBuffer[] = [];
    try {
      return body((numbers) => {
        const buffer = this.take(4 * numbers, false);
        lent.push(buffer);
        return buffer;
      });
    } finally {
      lent.forEach((buffer) => this.giveBack(buffer));
    }
  }

  /** All recorded operations were submitted: what was given back is free for everything. */
  settle(): void {
    for (const free of [...this.#recent.values()].flat()) add(this.#free, free);
    this.#recent.clear();
  }

  /** Values were read back: destroys what nobody took between the last two readings. */
  trim(): void {
    for (const [size, list] of this.#free) {
      const kept = list.filter(({ since }) => since === this.#readings);
      for (const { buffer, since } of list) {
        if (since < this.#readings) this.#destroy(buffer);
      }
      this.#free.set(size, kept);
    }
    this.#readings++;
  }

  /** Destroys all buffers. */
  dispose(): void {
    const free = [...this.#free.values(), ...this.#recent.values()].flat();
    for (const { buffer } of free) this.#destroy(buffer);
    for (const buffer of this.#taken) this.#destroy(buffer);
    this.#free.clear();
    this.#recent.clear();
    this.#taken.clear();
  }

  #make(size: number): GPUBuffer {
    const device = this.#device;
    device.pushErrorScope("validation");
    device.pushErrorScope("out-of-memory");
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const buffer = device.createBuffer({ size, usage });
    for (const scope of [device.popErrorScope(), device.popErrorScope()]) {
      scope.then((error) => {
        if (error) this.#onError(caught(error, `make a buffer of ${size} bytes`));
      }, () => {}); // without a device there are no scopes, and the loss is told elsewhere
    }
    this.#bytes += size;
    return buffer;
  }

  #destroy(buffer: GPUBuffer): void {
    this.#bytes -= buffer.size;
    buffer.destroy();
  }
}

/** Sizes are rounded up by an eighth at most, so that those of nearly equal lengths are shared. */
function sizeOf(bytes: number): number {
  const step = Math.max(SMALLEST, 2 ** (Math.floor(Math.log2(Math.max(bytes, 1))) - 3));
  return Math.max(SMALLEST, Math.ceil(bytes / step) * step);
}

function add(lists: Map<number, Free[]>, free: Free): void {
  const list = lists.get(free.buffer.size);
  if (list) list.push(free);
  else lists.set(free.buffer.size, [free]);
}
