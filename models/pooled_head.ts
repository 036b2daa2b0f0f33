/**
 * Heads that read what the config's `classifier_pooling` says.
 *
 * @module
 */
import type { HeadDescription } from "../families/families.ts";
import type { Floats } from "../ops/backend.ts";
import { withinRange } from "../ops/checks.ts";
import { everything } from "../ops/span.ts";
import type { BlockParts } from "./blocks.ts";
import { runHead } from "./head.ts";
import type { TokenBatch } from "./inputs.ts";
import type { TokenRows } from "./pass.ts";

/** A head for a batch. */
export interface PooledHead {
  /** The rows of hidden states that it reads; absent: all. */
  readonly rows?: TokenRows;
  /** Runs it on these: `[batch, rows, hidden_size]` → `[batch, outputs]`. */
  readonly run: (x: Floats) => Floats;
}

/**
 * Prepares a head.
 *
 * @param parts Backend, weights, config, family.
 * @param head Its layers.
 * @param batch Sizes and masks.
 * @returns The rows that it reads, and what it makes of them.
 */
export function pooledHead(
  parts: BlockParts,
  head: HeadDescription,
  { batch, tokens, mask }: TokenBatch,
): PooledHead {
  switch (parts.config.classifier_pooling) {
    case "mean":
      return { run: (x) => runHead(parts, head, meanOfVisible(parts, x, mask)) };
    case "late":
      return {
        run: (x) => {
          const scores = runHead(parts, { ...head, rows: "all" }, x);
          return meanOfVisible(parts, scores, mask).reshape([batch, scores.dims[2]]);
        },
      };
    default: {
      const rows = Array.from(
        { length: batch },
        (_, b) => [Math.max(0, mask.subarray(b * tokens, (b + 1) * tokens).indexOf(1))],
      );
      return { rows, run: (x) => runHead(parts, head, x) };
    }
  }
}

/** `[batch, tokens, width]` → `[batch, 1, width]`: a query of zeros weighs all that it sees alike. */
function meanOfVisible({ backend, config }: BlockParts, x: Floats, mask: Int32Array): Floats {
  const [batch, tokens, width] = x.dims;
  // Any number that divides the width gives the same; kernels take heads of some 200 columns.
  const heads = width === config.hidden_size ? config.num_attention_heads : width;
  return backend.scope(() => {
    const query = backend.floats(new Float32Array(batch * width), [batch, 1, width]);
    const visible = withinRange(backend.integers(mask, [batch, tokens]), 0, 1);
    const spans = [everything(tokens)];
    const source = { keys: x, values: x, first: 0, count: tokens, mask: visible, spans };
    return backend.attend(query, [{ first: 0, count: 1, sources: [source] }], { heads });
  });
}
