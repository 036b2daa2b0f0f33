/**
 * Sequences of unequal lengths: those of similar length run together, so that little is computed for
 * the padding of others.
 *
 * @module
 */
import type { Backend, Floats } from "../ops/backend.ts";
import { writeRows } from "../ops/write_rows.ts";
import type { TokenBatch } from "./inputs.ts";
import type { Encoded, PassOptions, TokenRows } from "./pass.ts";

/** What a group costs by itself, in rows: weights are read again, threads meet more often. */
const GROUP_ROWS = 128;

/** Sequences that run together. */
export interface LengthGroup {
  /** Their numbers in the batch. */
  readonly sequences: readonly number[];
  /** Tokens that are computed of each. */
  readonly tokens: number;
}

/**
 * Groups sequences so that the fewest rows are computed: those of padding, and {@linkcode GROUP_ROWS}
 * for each group.
 *
 * @param lengths Tokens of each sequence that must be computed.
 * @returns The groups, longest sequences first.
 */
export function groupLengths(lengths: readonly number[]): LengthGroup[] {
  const order = [...lengths.keys()].sort((a, b) => lengths[b] - lengths[a]);
  // The fewest rows of the first i sequences, and where the last of their groups starts.
  const least = [0];
  const starts = [0];
  for (let end = 1; end <= order.length; end++) {
    least[end] = Infinity;
    for (let start = 0; start < end; start++) {
      const rows = least[start] + (end - start) * lengths[order[start]] + GROUP_ROWS;
      if (rows < least[end]) [least[end], starts[end]] = [rows, start];
    }
  }
  const groups: LengthGroup[] = [];
  for (let end = order.length; end > 0; end = starts[end]) {
    const sequences = order.slice(starts[end], end).sort((a, b) => a - b);
    groups.unshift({ sequences, tokens: lengths[order[starts[end]]] });
  }
  return groups;
}

/**
 * Counts the tokens up to the last visible one; masked tokens are never global.
 *
 * @param batch The batch.
 * @returns The number for each sequence.
 */
export function visibleLengths(
  { batch, tokens, mask }: Pick<TokenBatch, "batch" | "tokens" | "mask">,
): number[] {
  return Array.from(
    { length: batch },
    (_, b) => 1 + mask.subarray(b * tokens, (b + 1) * tokens).lastIndexOf(1),
  );
}

/**
 * The first tokens of some sequences.
 *
 * @param batch The batch.
 * @param group The sequences, and how many tokens of each.
 * @returns A batch of them.
 */
export function takeGroup(batch: TokenBatch, { sequences, tokens }: LengthGroup): TokenBatch {
  const take = (values: Int32Array) => {
    const taken = new Int32Array(sequences.length * tokens);
    for (const [i, b] of sequences.entries()) {
      taken.set(values.subarray(b * batch.tokens, b * batch.tokens + tokens), i * tokens);
    }
    return taken;
  };
  return {
    batch: sequences.length,
    tokens,
    ids: take(batch.ids),
    mask: take(batch.mask),
    typeIds: take(batch.typeIds),
    globalMask: take(batch.globalMask),
    ...(batch.positions && { positions: take(batch.positions) }),
  };
}

/**
 * Writes a group's rows into those of its batch, zeros behind them.
 *
 * @param backend Backend that runs the operations.
 * @param group The group's sequences.
 * @param rows `[sequences, n, width]`.
 * @param all `[batch, m, width]` with `m ≥ n`, changed in place.
 */
export function writeGroup(
  backend: Backend,
  { sequences }: LengthGroup,
  rows: Floats,
  all: Floats,
): void {
  const [batch, count, width] = all.dims;
  const made = rows.dims[1];
  backend.scope(() => {
    const index = Int32Array.from({ length: count }, (_, row) => row < made ? row : -1);
    const padded = made === count
      ? rows
      : backend.gatherRows(rows, backend.integers(index, [1, count]));
    const size = sequences.length * count;
    const places = Int32Array.from(
      { length: size },
      (_, i) => sequences[Math.floor(i / count)] * count + i % count,
    );
    backend.run(
      writeRows,
      all.reshape([1, batch * count, width]),
      backend.integers(places, [1, size]),
      padded.reshape([1, size, width]),
    );
    return [];
  });
}

/** A pass in groups. */
export interface GroupedPass {
  /** All sequences. */
  readonly batch: TokenBatch;
  /** How they run. */
  readonly groups: readonly LengthGroup[];
  /** Options of the pass. */
  readonly options: PassOptions;
  /** Tokens whose rows are wanted; absent: all. */
  readonly wanted: TokenRows | undefined;
  /** Number of hidden states that are kept. */
  readonly states: number;
  /** Number of all rows of a sequence, and their width. */
  readonly rows: { readonly all: number; readonly width: number };
}

/**
 * Runs groups one after the other.
 *
 * @param backend Backend that runs the operations.
 * @param pass Batch, groups, options and sizes.
 * @param run Runs one of them.
 * @returns The outputs of the whole batch, with zeros in rows that were not computed.
 */
export async function runGroups(
  backend: Backend,
  { batch, groups, options, wanted, states, rows: { all, width } }: GroupedPass,
  run: (batch: TokenBatch, options: PassOptions, wanted?: TokenRows) => Promise<Encoded>,
): Promise<Encoded> {
  // Made before anything runs: a pass whose outputs do not fit fails at once.
  const made = backend.scope(() => {
    const counts = new Array<number>(states).fill(all);
    if (wanted) counts.push(wanted[0].length);
    else if (states === 0) counts.push(all);
    return counts.map((count) => backend.empty([batch.batch, count, width]));
  });
  try {
    for (const [number, group] of groups.entries()) {
      const { lastHiddenState, hiddenStates } = await run(
        takeGroup(batch, group),
        { ...options, ...partOf(options, number, groups.length) },
        wanted && (wanted.length === 1 ? wanted : group.sequences.map((b) => wanted[b])),
      );
      const parts = [...new Set([...hiddenStates, lastHiddenState])];
      try {
        for (const [i, rows] of parts.entries()) writeGroup(backend, group, rows, made[i]);
      } finally {
        parts.forEach((rows) => rows.dispose());
      }
    }
    return { lastHiddenState: made.at(-1)!, hiddenStates: made.slice(0, states) };
  } catch (error) {
    made.forEach((tensor) => tensor.dispose());
    throw error;
  }
}

/** The callback of one of several passes that together count as one: it hears of each layer once. */
function partOf(
  { layer_callback }: PassOptions,
  part: number,
  parts: number,
): Pick<PassOptions, "layer_callback"> {
  return {
    layer_callback: layer_callback && (async ({ layer, layers }) => {
      const done = part * layers + layer;
      const whole = Math.floor(done / parts);
      if (whole > Math.floor((done - 1) / parts)) await layer_callback({ layer: whole, layers });
    }),
  };
}
