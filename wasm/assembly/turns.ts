/**
 * Threads take turns at the parts of an operation: who is held up takes fewer, and all end together.
 */
import { TILE_ROWS } from "./tile";

/** Where turns are counted; a thread that is alone does it here. */
let counter: usize = memory.data(4, 4);

/** Says where all threads count turns. */
export function countTurnsAt(address: usize): void {
  counter = address;
}

/** The number of the next part that nobody has taken. */
export function nextTurn(): i32 {
  return atomic.add<i32>(counter, 1);
}

/** Begins with part 0 again. */
export function restartTurns(): void {
  atomic.store<i32>(counter, 0);
}

/**
 * How many rows make a part, in whole tiles: parts of the same size, as many for each thread.
 *
 * @param most The most rows that a part may have; a multiple of `TILE_ROWS`.
 */
export function rowsOfTurn(rows: i32, most: i32, threads: i32): i32 {
  const tiles = (rows + TILE_ROWS - 1) / TILE_ROWS;
  const ofThread = max(1, (tiles + threads * most / TILE_ROWS - 1) / (threads * most / TILE_ROWS));
  return max(1, (tiles + ofThread * threads - 1) / (ofThread * threads)) * TILE_ROWS;
}
