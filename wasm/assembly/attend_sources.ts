/** The sources of an attention's part, and their spans. */
import { Part, Source, Span } from "./arguments";
import { spanEnd, spanStart } from "./span";

// @ts-ignore: decorator
@inline
export function firstSource(part: Part): Source {
  return changetype<Source>(changetype<usize>(part) + offsetof<Part>());
}

// @ts-ignore: decorator
@inline
export function spanAt(source: Source, n: i32): Span {
  return changetype<Span>(changetype<usize>(source) + offsetof<Source>() + n * offsetof<Span>());
}

/** The source after the last span of another. */
// @ts-ignore: decorator
@inline
export function nextSource(source: Source): Source {
  return changetype<Source>(changetype<usize>(spanAt(source, source.spans)));
}

/** Whether the query at a position sees any key. */
export function seesKeys(part: Part, b: i32, h: i32, heads: i32, at: i32): bool {
  let source = firstSource(part);
  for (let s = 0; s < part.sources; s++, source = nextSource(source)) {
    const entries = source.count, mask = source.mask;
    const row = (source.isPerHead ? b * heads + h : b) * entries;
    for (let n = 0; n < source.spans; n++) {
      const span = spanAt(source, n), high = min(entries, spanEnd(span, at));
      for (let key = spanStart(span, at); key < high; key++) {
        if (!mask || load<i32>(mask + <usize> (row + key) * 4)) return true;
      }
    }
  }
  return false;
}
