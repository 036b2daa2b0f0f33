import { textAt, type Texts, textsOf } from "./token_table.ts";

/** Merges of a BPE model by rank: the code units of both parts, one after the other. */
export class MergeList {
  /** The code units of all merges. */
  readonly units: Uint16Array;
  /** Where each merge starts, and after them where the last one ends. */
  readonly starts: Int32Array;
  /** Where the second part of each starts. */
  readonly middles: Int32Array;

  /**
   * Makes the list.
   *
   * @param texts The merges, without a space between their parts.
   * @param middles Where the second part of each starts.
   */
  constructor({ units, starts }: Texts, middles: Int32Array) {
    this.units = units;
    this.starts = starts;
    this.middles = middles;
  }

  /**
   * Makes a list of merges as JSON has them, `"a b"` or `["a", "b"]` each.
   *
   * @param merges The merges.
   * @param refuse Called with one that is malformed.
   * @returns The list.
   */
  static of(merges: readonly unknown[], refuse: (merge: unknown) => never): MergeList {
    const pairs = Array.from(merges, (merge) => splitMerge(merge) ?? refuse(merge));
    const texts = textsOf(pairs.map(([left, right]) => left + right));
    const middles = Int32Array.from(pairs, ([left], i) => texts.starts[i] + left.length);
    return new MergeList(texts, middles);
  }

  /** The number of merges. */
  get length(): number {
    return this.middles.length;
  }

  /**
   * Returns the parts of a merge.
   *
   * @param rank Its rank.
   * @returns The left and the right part.
   */
  parts(rank: number): [left: string, right: string] {
    const [start, middle, end] = [this.starts[rank], this.middles[rank], this.starts[rank + 1]];
    return [textAt(this.units, start, middle), textAt(this.units, middle, end)];
  }
}

/** The two parts of a merge, as slices, which are faster than `split`; undefined if malformed. */
function splitMerge(merge: unknown): readonly string[] | undefined {
  if (typeof merge === "string") {
    const space = merge.indexOf(" ");
    const isPair = space >= 0 && merge.lastIndexOf(" ") === space;
    return isPair ? [merge.slice(0, space), merge.slice(space + 1)] : undefined;
  }
  const isPair = Array.isArray(merge) && merge.length === 2 &&
    typeof merge[0] === "string" && typeof merge[1] === "string";
  return isPair ? merge : undefined;
}
