/**
 * Suggestions for misspelt words.
 *
 * @module
 */

/**
 * Finds the most similar word.
 *
 * @param word The misspelt word.
 * @param words The candidates.
 * @returns The candidate with the fewest edits; `undefined` if that is more than a third of its
 * length.
 */
export function findClosest(word: string, words: readonly string[]): string | undefined {
  const ranked = words.map((other) => ({ other, edits: editDistance(word, other) }))
    .sort((a, b) => a.edits - b.edits);
  const best = ranked[0];
  return best && best.edits * 3 <= best.other.length ? best.other : undefined;
}

/** Levenshtein distance: insertions, deletions and replacements. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, j) => j);
  for (let i = 0; i < from.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < to.length; j++) {
      const replaced = row[j] + (from[i] === to[j] ? 0 : 1);
      next.push(Math.min(replaced, row[j + 1] + 1, next[j] + 1));
    }
    row = next;
  }
  return row[to.length];
}
