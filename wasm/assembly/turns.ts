/**
 * Threads take turns at the parts of an operation: each claims the next part from a shared counter,
 * so that a delayed thread claims fewer and all finish together. A thread that runs alone may stop
 * after some turns and go on later.
 */
import { TILE_ROWS } from "./tile";

/** No part: a number behind every other. */
const NONE: i32 = i32.MAX_VALUE;

/** Address of the counter; a thread that runs alone uses this one. */
let counter: usize = memory.data(4, 4);

/**
 * Parts that this thread may claim before it stops, and those that it has asked for; the most
 * multiply-adds of a part, so that it can stop often enough.
 */
let allowed: i32 = NONE;
let asked: i32 = 0;
let mostWork: i64 = 0;

/** Sets the address of the counter that all threads share. */
export function countTurnsAt(address: usize): void {
  counter = address;
}

/**
 * Allows a thread that runs alone so many turns of the next call of a kernel.
 *
 * @param work Most multiply-adds of a turn, if its parts are rows.
 */
export function allowTurns(turns: i32, work: i64): void {
  allowed = turns;
  mostWork = work;
  asked = 0;
}

/** Number of parts that were asked for since turns were allowed. */
export function askedTurns(): i32 {
  return asked;
}

/** Claims the next part and returns its number. */
export function nextTurn(): i32 {
  if (allowed != NONE && ++asked > allowed) return NONE;
  return atomic.add<i32>(counter, 1);
}

/** Claims the next part and returns the first of its `size` rows, or panels. */
export function nextOf(size: i32): i32 {
  const turn = nextTurn();
  return turn == NONE ? NONE : turn * size;
}

/** The number of this thread's own memory: what runs alone has one, whichever part it does. */
export function ownNumber(thread: i32): i32 {
  return allowed == NONE ? thread : 0;
}

/** Restarts at part 0. */
export function restartTurns(): void {
  atomic.store<i32>(counter, 0);
}

/**
 * The first of `count` items that a thread has where all have as many; those of the last thread end
 * at the share of the one after it. In 64 bits: items times threads can be more than 2³¹.
 */
export function share(count: i32, thread: i32, threads: i32): i32 {
  return <i32> (<i64> count * thread / threads);
}

/** Among how many threads the parts of an operation are divided. */
export function sharers(threads: i32): i32 {
  return allowed == NONE ? threads : 1;
}

/** Most multiply-adds of a part of a thread that runs alone; 0 of one among others. */
export function workOfTurn(): i64 {
  return mostWork;
}

/**
 * Rows of a part, in whole tiles: parts have the same size, and each thread gets the same number.
 *
 * @param most Most rows of a part; a multiple of `TILE_ROWS`.
 * @param work Multiply-adds of a row.
 */
export function rowsOfTurn(rows: i32, most: i32, work: i64, threads: i32): i32 {
  const tiles = (rows + TILE_ROWS - 1) / TILE_ROWS, sharing = sharers(threads);
  if (allowed != NONE) {
    const some = max(1, mostWork / max(1, work * TILE_ROWS)) * TILE_ROWS; // i64: rows may be almost no work
    most = <i32> min<i64>(most, some);
  }
  const ofThread = max(1, (tiles + sharing * most / TILE_ROWS - 1) / (sharing * most / TILE_ROWS));
  return max(1, (tiles + ofThread * sharing - 1) / (ofThread * sharing)) * TILE_ROWS;
}
