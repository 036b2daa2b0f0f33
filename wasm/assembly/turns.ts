/**
 * Threads take turns at the parts of an operation: each claims the next part from a shared counter,
 * so that a delayed thread claims fewer and all finish together.
 */
import { TILE_ROWS } from "./tile";

/** Address of the counter; a thread that runs alone uses this one. */
let counter: usize = memory.data(4, 4);

/** Sets the address of the counter that all threads share. */
export function countTurnsAt(address: usize): void {
  counter = address;
}

/** Claims the next part and returns its number. */
export function nextTurn(): i32 {
  return atomic.add<i32>(counter, 1);
}

/** Restarts at part 0. */
export function restartTurns(): void {
  atomic.store<i32>(counter, 0);
}

/**
 * Rows of a part, in whole tiles: parts have the same size, and each thread gets the same number.
 *
 * @param most Most rows of a part; a multiple of `TILE_ROWS`.
 */
export function rowsOfTurn(rows: i32, most: i32, threads: i32): i32 {
  const tiles = (rows + TILE_ROWS - 1) / TILE_ROWS;
  const ofThread = max(1, (tiles + threads * most / TILE_ROWS - 1) / (threads * most / TILE_ROWS));
  return max(1, (tiles + ofThread * threads - 1) / (ofThread * threads)) * TILE_ROWS;
}
