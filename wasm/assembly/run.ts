/**
 * Runs recorded operations: every thread the same list, with a barrier behind those that do not wait
 * for each other, or a thread that is alone one after another, in parts.
 */
import { runOne } from "./dispatch";
import { allowTurns, askedTurns, countTurnsAt, restartTurns } from "./turns";

export { probe, readThrough } from "./probe";
export { findProducts, setProducts } from "./byte_products";
export { widenRow } from "./half";
export { packRounded } from "./quantize";
export { packPanel, unpackRow } from "./weights";

/**
 * Number of times that a thread polls the barrier before it sleeps: some 20 µs, as in a step of
 * generation threads wait for less, and to be woken takes longer.
 */
const SPINS: i32 = 16_000;

/** An operation's number, and how it runs; see wasm/machine/layout.ts. */
const NUMBER: i32 = 0xff;
const ALONE: i32 = 0x100;
const JOINED: i32 = 0x200;

/** Where the barrier counts the threads that sleep, and the turns of each operation before it. */
const SLEEPING: usize = 12;
const TURNS: usize = 48;

/** Parts of an operation whose rows are divided among threads, of which each would do one. */
const PARTS: i32 = 16;

/**
 * Runs operations on this thread and others.
 *
 * @param list For each operation its number, the number of words of its arguments, and these.
 * @param count Number of operations.
 * @param thread This thread's number.
 * @param threads Number of threads that run the list.
 * @param barrier Words that are zero at first: the number of threads that have arrived, the round,
 * whether a thread has failed, the number of those that sleep; from the 12th on the numbers of turns
 * taken.
 * @param scratch This thread's scratch memory.
 */
export function run(
  list: usize, count: i32, thread: i32, threads: i32, barrier: usize, scratch: usize,
): void {
  for (let i = 0; i < count;) {
    let together: usize = 0;
    for (; i < count; i++, together++) {
      const operation = load<i32>(list);
      if (operation & ALONE || together > 0 && !(operation & JOINED)) break;
      countTurnsAt(barrier + TURNS + (together << 2));
      runOne(operation & NUMBER, list + 8, thread, threads, scratch);
      list = after(list);
    }
    let end = list;
    for (; i < count && load<i32>(end) & ALONE; i++) end = after(end);
    const round = atomic.load<i32>(barrier, 4);
    if (atomic.add<i32>(barrier, 1) < threads - 1) waitForRound(barrier, round);
    else {
      memory.fill(barrier + TURNS, 0, together << 2);
      countTurnsAt(barrier + TURNS);
      for (; list < end; list = after(list)) {
        runOne(load<i32>(list) & NUMBER, list + 8, 0, 1, scratch);
        restartTurns();
      }
      releaseAll(barrier);
    }
    list = end;
  }
}

// @ts-ignore: decorator
@inline
function after(list: usize): usize {
  return list + 8 + <usize> load<i32>(list, 4) * 4;
}

/**
 * Runs a part of an operation, on this thread alone.
 *
 * @param at Address of the operation in its list.
 * @param part Number of the part; all from 0 on, in order, until none is left.
 * @param work Millions of multiply-adds that a part of many rows has at most.
 * @param scratch This thread's scratch memory.
 * @returns Whether a part may be left.
 */
export function runPart(at: usize, part: i32, work: i32, scratch: usize): bool {
  if (part == 0) restartTurns();
  allowTurns(1, <i64> work * 1_000_000);
  runOne(load<i32>(at) & NUMBER, at + 8, part, PARTS, scratch);
  const asked = askedTurns();
  return asked > 0 ? asked > 1 : part + 1 < PARTS;
}

/** The first address after the kernels' own constants. */
export function freeFrom(): usize {
  return __heap_base;
}

/** Starts the next round. A thread that is about to sleep counts itself before it looks again. */
function releaseAll(barrier: usize): void {
  atomic.store<i32>(barrier, 0);
  atomic.add<i32>(barrier, 1, 4);
  if (atomic.load<i32>(barrier, SLEEPING)) atomic.notify(barrier + 4, -1);
}

function waitForRound(barrier: usize, round: i32): void {
  let i = 0;
  for (; i < SPINS && atomic.load<i32>(barrier, 4) == round; i++) {}
  if (i == SPINS) {
    atomic.add<i32>(barrier, 1, SLEEPING);
    sleepUntilNext(barrier, round);
    atomic.sub<i32>(barrier, 1, SLEEPING);
  }
  if (atomic.load<i32>(barrier, 8)) unreachable();
}

/**
 * Sleeps until all have arrived or one has failed. It calls itself so that it is not inlined: V8 11
 * (Node 20) may lose the local variables of a function that it has not optimised yet during a wait.
 */
function sleepUntilNext(barrier: usize, round: i32): void {
  // A failure sets the flag, then advances the round: a thread cannot miss both and go to sleep.
  if (atomic.load<i32>(barrier, 4) != round || atomic.load<i32>(barrier, 8)) return;
  atomic.wait<i32>(barrier + 4, round, -1);
  sleepUntilNext(barrier, round);
}
