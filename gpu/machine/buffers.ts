/**
 * Allocation of buffers.
 *
 * @module
 */
import { caught, type GpuError } from "./errors.ts";

/** Smallest buffer; all sizes are multiples of it. */
const SMALLEST = 256;

/** A free buffer. */
interface Free {
  readonly buffer: GPUBuffer;
  /** The number of readings before it was released. */
  readonly since: number;
}

/** Allocates a buffer of the given number of 32-bit values for the kernels of one operation. */
export type AllocateScratch = (numbers: number) => GPUBuffer;

/**
 * Allocates buffers and releases them for reuse.
 *
 * Operations run later than they are recorded, but in that order. So a released buffer may be
 * reused at once by an operation that is recorded later, but not for values that are written now,
 * before the recorded operations have been submitted: these get only buffers that were free at the
 * last {@linkcode Buffers.settle}.
 */
export class Buffers {
  /** Bytes of the largest buffer that kernels can bind as a whole. */
  readonly largest: number;
  readonly #device: GPUDevice;
  readonly #onError: (error: GpuError) => void;
  readonly #allocated = new Set<GPUBuffer>();
  /** Free for any use, by size. */
  readonly #free = new Map<number, Free[]>();
  /** Released since the last {@linkcode Buffers.settle}, by size: free for operations only. */
  readonly #recent = new Map<number, Free[]>();
  #bytes = 0;
  #readings = 0;

  /**
   * Makes a pool without buffers.
   *
   * @param device The device that makes buffers.
   * @param largest Most bytes of a buffer, if the device allows them.
   * @param onError Called if a buffer could not be made; WebGPU reports that asynchronously.
   */
  constructor(device: GPUDevice, largest: number, onError: (error: GpuError) => void) {
    const { maxStorageBufferBindingSize, maxBufferSize } = device.limits;
    const bytes = Math.min(largest, maxStorageBufferBindingSize, maxBufferSize);
    this.largest = Math.floor(bytes / SMALLEST) * SMALLEST;
    this.#device = device;
    this.#onError = onError;
  }

  /** Bytes of all buffers, allocated and free. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Number of allocated buffers. */
  get allocated(): number {
    return this.#allocated.size;
  }

  /**
   * Allocates a buffer.
   *
   * @param bytes Its size; `largest` at most.
   * @param isWrittenNow Whether it is written before the recorded operations are submitted.
   * @returns The buffer; its values are arbitrary.
   * @throws {RangeError} If the size is larger.
   */
  allocate(bytes: number, isWrittenNow: boolean): GPUBuffer {
    if (bytes > this.largest) {
      throw new RangeError(
        `Cannot allocate a buffer of ${bytes} bytes: this adapter binds at most ${this.largest} ` +
          "at once",
      );
    }
    const size = Math.min(sizeOf(bytes), this.largest);
    const free = (isWrittenNow ? undefined : this.#recent.get(size)?.pop()) ??
      this.#free.get(size)?.pop();
    const buffer = free?.buffer ?? this.#make(size);
    this.#allocated.add(buffer);
    return buffer;
  }

  /**
   * Releases a buffer.
   *
   * @param buffer The buffer; ignored if it is released already.
   */
  release(buffer: GPUBuffer): void {
    if (!this.#allocated.delete(buffer)) return;
    add(this.#recent, { buffer, since: this.#readings });
  }

  /**
   * Allocates scratch buffers for the kernels of one operation and releases them; operations that
   * are recorded later may get the same buffers.
   *
   * @param body Records the kernels.
   * @param isLate Whether operations have been recorded that come after these kernels: what is
   * released may be theirs.
   * @returns The result of `body`.
   */
  withScratch<Result>(body: (allocate: AllocateScratch) => Result, isLate = false): Result {
    const scratch: GPUBuffer[] = [];
    try {
      return body((numbers) => {
        const buffer = this.allocate(4 * numbers, isLate);
        scratch.push(buffer);
        return buffer;
      });
    } finally {
      scratch.forEach((buffer) => this.release(buffer));
    }
  }

  /** Makes released buffers free for any use; called when all recorded operations are submitted. */
  settle(): void {
    for (const free of [...this.#recent.values()].flat()) add(this.#free, free);
    this.#recent.clear();
  }

  /**
   * Destroys buffers that were not used between the last two readings; called when values were read
   * back.
   */
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
    for (const buffer of this.#allocated) this.#destroy(buffer);
    this.#free.clear();
    this.#recent.clear();
    this.#allocated.clear();
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
      }, () => {}); // a lost device has no scopes; `device.lost` reports it
    }
    this.#bytes += size;
    return buffer;
  }

  #destroy(buffer: GPUBuffer): void {
    this.#bytes -= buffer.size;
    buffer.destroy();
  }
}

/** Rounds a size up by at most an eighth, so that texts of similar lengths share buffers. */
function sizeOf(bytes: number): number {
  const step = Math.max(SMALLEST, 2 ** (Math.floor(Math.log2(Math.max(bytes, 1))) - 3));
  return Math.max(SMALLEST, Math.ceil(bytes / step) * step);
}

function add(lists: Map<number, Free[]>, free: Free): void {
  const list = lists.get(free.buffer.size);
  if (list) list.push(free);
  else lists.set(free.buffer.size, [free]);
}
