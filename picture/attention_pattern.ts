/**
 * An attention pattern: the data that the summary and the SVG are made from.
 *
 * @module
 */
import type { RecordedPart } from "./attention_recorder.ts";
import type { KeyKind, VisibleRow, VisibleSource } from "./visible_keys.ts";

/** An attention pattern and the keys that each of its queries sees. */
export interface AttentionPattern {
  /** Display name, such as "LSG attention". */
  readonly name: string;
  /** Parameters, spelled as in a checkpoint's config. */
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
  /** Global tokens prepended to the text: the first rows and columns. */
  readonly globals: number;
  /** Tokens of the text. */
  readonly tokens: number;
  /** Tokens between two grid lines; no lines if absent. */
  readonly block?: number;
  /** Whether attention is causal. */
  readonly causal: boolean;
  /** `[globals + tokens]`: the keys that each query sees. */
  readonly rows: readonly VisibleRow[];
  /** Describes each kind of key. */
  readonly legend: Readonly<Partial<Record<KeyKind, KindLegend>>>;
}

/** The description of a kind of key. */
export interface KindLegend {
  /** Describes the keys. */
  readonly text: string;
  /** Describes the columns that entries are chosen from; if absent, these have no legend line. */
  readonly reach?: string;
}

/** Sizes of the attention, and the head that is drawn. */
export interface PatternSize {
  /** Tokens of the text, from 1 to 65,536. */
  readonly tokens: number;
  /** Heads. */
  readonly heads: number;
  /** Index of the head, from 0. */
  readonly head: number;
}

/**
 * Checks sizes before anything is allocated.
 *
 * @param size Tokens, heads and head.
 * @throws {RangeError} If a size is not a whole number or is out of range.
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
 * Arranges recorded parts by query.
 *
 * @param parts Recorded parts; if two write the same row, the later one wins.
 * @param kindsOf Returns the kind of each source of a part.
 * @param sparse Properties that replace the recorded ones of sparse sources.
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
    part.rows.forEach((row, i) => rows[row] = { position: part.position + i, sources });
  });
  return rows;
}
