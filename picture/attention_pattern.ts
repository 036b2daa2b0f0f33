/**
 * An attention pattern, ready to be counted and drawn.
 *
 * @module
 */
import type { RecordedPart } from "./attention_recorder.ts";
import type { KeyKind, VisibleRow, VisibleSource } from "./visible_keys.ts";

/** What is counted and drawn. */
export interface AttentionPattern {
  /** Its name, as "LSG attention". */
  readonly name: string;
  /** The parameters, spelled as in checkpoints. */
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
  /** Columns before the text that hold global tokens, and as many rows. */
  readonly globals: number;
  /** Tokens of the text. */
  readonly tokens: number;
  /** Tokens between two thin lines; absent: no lines. */
  readonly block?: number;
  /** Whether a query sees nothing after itself. */
  readonly causal: boolean;
  /** `[globals + tokens]`: what each query sees. */
  readonly rows: readonly VisibleRow[];
  /** What each kind of keys is. */
  readonly legend: Readonly<Partial<Record<KeyKind, KindLegend>>>;
}

/** What a kind of keys is, in words. */
export interface KindLegend {
  /** The keys. */
  readonly text: string;
  /** The columns that entries are chosen from; absent: they are only drawn where no key is. */
  readonly reach?: string;
}

/** Tokens of the text, and the head that is drawn. */
export interface PatternSize {
  /** Tokens of the text, from 1 to 65,536. */
  readonly tokens: number;
  /** Heads. */
  readonly heads: number;
  /** The head, counted from 0. */
  readonly head: number;
}

/**
 * Checks sizes before anything is allocated.
 *
 * @param size Tokens, heads and head.
 * @throws {RangeError} If one is no whole number or out of range.
 */
export function checkPatternSize({ tokens, heads, head }: PatternSize): void {
  const ranges = [["tokens", tokens, 1, 2 ** 16], ["heads", heads, 1, 1024], [
    "head",
    head,
    0,
    heads - 1,
  ]] as const;
  for (const [name, value, least, most] of ranges) {
    if (!Number.isInteger(value) || value < least || value > most) {
      throw new RangeError(
        `Cannot draw ${name} ${value}: wanted a whole number from ${least} to ${most}`,
      );
    }
  }
}

/**
 * Puts recorded parts into the order of the queries.
 *
 * @param parts What was recorded; where two write the same row, the later one holds.
 * @param kindsOf The kinds of a part's sources.
 * @param sparse What replaces the recorded columns of sparse entries.
 * @returns `[queries]`.
 */
export function visibleRows(
  parts: readonly RecordedPart[],
  kindsOf: (part: RecordedPart, index: number) => readonly KeyKind[],
  sparse: Partial<VisibleSource> = {},
): VisibleRow[] {
  const rows: VisibleRow[] = [];
  parts.forEach((part, index) => {
    const kinds = kindsOf(part, index);
    const sources = part.sources.map((source, i) => ({
      ...source,
      kind: kinds[i],
      ...(kinds[i] === "sparse" ? sparse : {}),
    }));
    part.rows.forEach((row, i) => rows[row] = { place: part.place + i, sources });
  });
  return rows;
}
