import { everything, type Span } from "../../attention/mod.ts";
import { Random } from "../../tensor/random.ts";
import { type AttentionSize, largestLength, largestMagnitude } from "../../verify/bounds.ts";
import { type ComparedBackends, within } from "./compared_backends.ts";

/** Sizes of an attention, and what is hidden. */
export interface AttendCase {
  readonly queries: number;
  readonly keys: number;
  readonly width: number;
  readonly spans?: Span[];
  readonly batch?: number;
  readonly heads?: number;
  readonly keyHeads?: number;
  readonly scale?: number;
  readonly position?: number;
  /** Rows of the keys before the first entry. */
  readonly first?: number;
  /** Whether the source has its own query. */
  readonly own?: boolean;
  /** Which keys are hidden; every hidden key and value is NaN or as large as can be. */
  readonly hides?: (key: number, row: number) => boolean;
  readonly perHead?: boolean;
  /** Which queries are hidden; they are NaN. */
  readonly hidesQuery?: (query: number) => boolean;
}

/** How far a backend may be off. */
export interface AttendBounds {
  /** For an attention of this size, over so many spans. */
  readonly bound: (size: AttentionSize, spans: number) => number;
  /** The relative error of four positive values with scores up to 36. */
  readonly few: number;
}

/** Attends to drawn values, and compares. */
export async function checkAttend(
  backends: ComparedBackends,
  drawn: AttendCase,
  bounds: AttendBounds,
): Promise<void> {
  const { queries, keys: count, width, batch = 1, heads = 1, keyHeads = heads, first = 0 } = drawn;
  const random = new Random(queries * 7 + count * 3 + width);
  const { largest, storable } = backends.numbers;
  const rows = first + count;
  const query = storable(random.normals(batch * queries * heads * width));
  const own = storable(random.normals(query.length));
  const keys = storable(random.normals(batch * rows * keyHeads * width));
  const values = storable(random.normals(keys.length));
  const scale = drawn.scale ?? 1 / Math.sqrt(width);
  const size = {
    query: largestLength(drawn.own ? own : query, width),
    key: largestLength(keys, width),
    value: largestMagnitude(values),
    width,
    keys: count,
    scale,
    roundings: 0,
  };
  const bound = bounds.bound(size, drawn.spans?.length ?? 1);
  const maskHeads = drawn.perHead ? heads : 1;
  const mask = new Int32Array(batch * maskHeads * count).map((_, i) =>
    drawn.hides?.(i % count, Math.floor(i / count)) ? 0 : 1
  );
  if (!drawn.perHead) {
    mask.forEach((visible, i) => {
      if (visible) return;
      const start = (Math.floor(i / count) * rows + first + i % count) * keyHeads * width;
      keys.fill(i % 2 ? NaN : largest, start, start + keyHeads * width);
      values.fill(i % 3 ? NaN : -largest, start, start + keyHeads * width);
    });
  }
  const queryMask = new Int32Array(batch * queries).map((_, i) => drawn.hidesQuery?.(i) ? 0 : 1);
  queryMask.forEach((visible, i) => {
    if (!visible) query.fill(NaN, i * heads * width, (i + 1) * heads * width);
  });
  await backends.compare(
    JSON.stringify(drawn),
    (backend) => {
      const q = backend.floats(query, [batch, queries, heads * width]);
      const source = {
        keys: backend.floats(keys, [batch, rows, keyHeads * width]),
        values: backend.floats(values, [batch, rows, keyHeads * width]),
        first,
        count,
        spans: drawn.spans ?? [everything(count)],
        ...(drawn.hides && {
          mask: backend.integers(mask, drawn.perHead ? [batch, heads, count] : [batch, count]),
        }),
        ...(drawn.own && { query: backend.floats(own, [batch, queries, heads * width]) }),
      };
      const part = { first: 0, count: queries, sources: [source] };
      return [
        backend.attend(q, [{ ...part, ...(drawn.position && { position: drawn.position }) }], {
          heads,
          keyHeads,
          scale,
          ...(drawn.hidesQuery && { queryMask: backend.integers(queryMask, [batch, queries]) }),
        }),
      ];
    },
    // A row that sees nothing has to be exactly 0.
    within((y) => y === 0 ? 0 : bound),
  );
}
