/**
 * Which operations threads run without waiting for each other.
 *
 * @module
 */
import type { Command, Range } from "./layout.ts";

/** Bits beside an operation's number; equal those of wasm/assembly/run.ts. */
const ALONE = 0x100;
const JOINED = 0x200;

/** Most values of an operation that takes no longer than waiting for a thread. */
const FEW_VALUES = 4096;

/** Most operations together, as each counts its turns. */
const MOST = 8;

/** Decides it for one operation after the other, in their order. */
export class Together {
  /** What the last operations touch, between which nobody waits. */
  #last: NonNullable<Command["touched"]>[] = [];

  /**
   * Adds an operation.
   *
   * @param command The operation.
   * @returns `ALONE` if one thread runs it while the others wait, `JOINED` if no thread waits before
   * it, or 0.
   */
  add({ values = Infinity, touched }: Command): number {
    if (values <= FEW_VALUES) {
      this.#last = [];
      return ALONE;
    }
    const isJoined = touched !== undefined && this.#last.length > 0 && this.#last.length < MOST &&
      this.#last.every((before) => {
        const { reads, writes } = touched;
        return ![...reads, writes].some((range) => overlap(range, before.writes)) &&
          !before.reads.some((range) => overlap(range, writes));
      });
    if (!isJoined) this.#last = [];
    if (touched) this.#last.push(touched);
    return isJoined ? JOINED : 0;
  }

  /** Has the next operation wait for all before it. */
  end(): void {
    this.#last = [];
  }
}

function overlap([a, aBytes]: Range, [b, bBytes]: Range): boolean {
  return a < b + bBytes && b < a + aBytes;
}
