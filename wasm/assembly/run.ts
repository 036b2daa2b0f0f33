/**
 * Runs recorded operations: every thread the same list, with a barrier after each operation, or a
 * thread that is alone one after another, in parts.
 */
import { runOne } from "./dispatch";
import { allowTurns, askedTurns, countTurnsAt, restartTurns } from "./turns";

export { probe, readThrough } from "./probe";
export { findProducts, setProducts } from "./byte_products";
export { widenRow } from "./half";
export { packRounded } from "./quantize";
export { packPanel, unpackRow } from "./weights";

/** Number of times that a thread polls the barrier before it sleeps. */
const SPINS: i32 = 2000;

/** Parts of an operation whose rows are divided among threads, of which each would do one. */
const PARTS: i32 = 16;

/**
 * Runs operations on this thread and others.
 *
 * @param list For each operation its number, the number of words of its arguments, and these.
 * @param count Number of operations.
 * @param thread This thread's number.
 * @param threads Number of threads that run the list.
 * @param barrier Four words, zero at first: the number of threads that have arrived, the round,
 * whether a thread has failed, and the number of turns taken.
 * @param scratch This thread's scratch memory.
 */
export function run(
  list: usize, count: i32, thread: i32, threads: i32, barrier: usize, scratch: usize,
): void {
  countTurnsAt(barrier + 12);
  for (let i = 0; i < count; i++) {
    runOne(load<i32>(list), list + 8, thread, threads, scratch);
    list += 8 + <usize> load<i32>(list, 4) * 4;
    waitForAll(barrier, threads);
  }
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
  runOne(load<i32>(at), at + 8, part, PARTS, scratch);
  const asked = askedTurns();
  return asked > 0 ? asked > 1 : part + 1 < PARTS;
}

/** The first address after the kernels' own constants. */
export function freeFrom(): usize {
  return __heap_base;
}

function waitForAll(barrier: usize, threads: i32): void {
  const round = atomic.load<i32>(barrier, 4);
  if (atomic.add<i32>(barrier, 1) == threads - 1) {
    restartTurns();
    atomic.store<i32>(barrier, 0);
    atomic.add<i32>(barrier, 1, 4);
    atomic.notify(barrier + 4, -1);
    return;
  }
  for (let i = 0; i < SPINS; i++) {
    if (atomic.load<i32>(barrier, 4) != round) break;
  }
  sleepUntilNext(barrier, round);
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
