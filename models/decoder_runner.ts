/**
 * A decoder that continues rows of ids, with a cache of keys and values.
 *
 * @module
 */
import type { HeadDescription, LayerNames } from "../families/families.ts";
import type { AttendPart } from "../ops/attend_plan.ts";
import type { Backend, Floats, Integers } from "../ops/backend.ts";
import { type BlockParts, norm } from "./blocks.ts";
import type { DocumentMemory } from "./document_memory.ts";
import { embed } from "./embedding.ts";
import { runHead } from "./head.ts";
import { decoderBatch } from "./inputs.ts";
import { runLayer } from "./layer.ts";
import { positionCount } from "./position_ids.ts";
import type { GrownRow, RowAttention, RowSlots } from "./row_attention.ts";
import type { NextRow, SequenceRunner } from "./sequence_runner.ts";

/** A row of ids: its document, and where the cache holds its keys and values. */
interface Row extends RowSlots {
  readonly document: number;
}

/** A row with new ids. */
interface Addition extends Row, GrownRow {
  readonly ids: readonly number[];
}

/** New ids that are run together. */
interface Piece {
  /** Which row of the step, its new ids here, and whether they are its last. */
  readonly rows: {
    readonly row: number;
    readonly ids: readonly number[];
    readonly ends: boolean;
  }[];
}

/** Most ids that are run together, so that activations of a long prompt need little memory. */
export const PIECE_IDS = 512;

/**
 * Runs a decoder on rows of ids. All rows of a call are one batch of queries: each weight is read
 * once for all of them, each document's memory once for all rows that continue it. Keys and values
 * are written into slots of a cache; a row is a list of slots, so that beams fork without a copy.
 */
export class DecoderRunner implements SequenceRunner {
  readonly #parts: BlockParts;
  readonly #head: HeadDescription;
  readonly #attention: RowAttention;
  readonly #memories: (DocumentMemory | undefined)[] | undefined;
  readonly #most: number;
  /** The names in each layer: the same strings in each step, which are then found faster. */
  readonly #layers: readonly LayerNames[];
  #rows: readonly Row[] = [];

  /**
   * Starts without rows.
   *
   * @param parts The decoder's weights and description.
   * @param head The head that gives scores.
   * @param attention Self-attention, which the runner owns.
   * @param memories What each sequence attends to, in an encoder-decoder; the runner owns them.
   * @param most Most ids that are run together.
   */
  constructor(
    parts: BlockParts,
    head: HeadDescription,
    attention: RowAttention,
    memories?: readonly DocumentMemory[],
    most = PIECE_IDS,
  ) {
    this.#parts = parts;
    this.#head = head;
    this.#attention = attention;
    this.#memories = memories && [...memories];
    this.#most = most;
    const { num_hidden_layers: count } = parts.config;
    this.#layers = Array.from({ length: count }, (_, layer) => parts.family.layer(layer));
  }

  /** Backend of the logits. */
  get backend(): Backend {
    return this.#parts.backend;
  }

  /** Number of ids. */
  get vocabulary(): number {
    return this.#parts.config.vocab_size;
  }

  /** Most ids that a row may have. */
  get limit(): number {
    const { config, family: { positions } } = this.#parts;
    return positions === "rotary" ? Infinity : positionCount(config, positions);
  }

  /**
   * Runs the first ids of each sequence.
   *
   * @param prompts At least one id a sequence.
   * @param signal Ends the call between pieces.
   * @returns Logits `[prompts, V]` of each prompt's last id.
   * @throws {RangeError} If there is not a prompt for each sequence, or one is empty.
   * @throws `signal.reason` If the signal aborts.
   */
  async start(
    prompts: readonly (readonly number[])[],
    signal?: AbortSignal,
  ): Promise<Floats> {
    const sequences = this.#memories?.length ?? prompts.length;
    if (prompts.length !== sequences || prompts.some((ids) => ids.length === 0)) {
      throw new RangeError(
        `Cannot start ${prompts.length} prompts of ${
          prompts.map((ids) => ids.length)
        } ids: wanted ` +
          `at least one id for each of ${sequences} sequences`,
      );
    }
    this.#rows = prompts.map((_, document) => ({ document, slots: [], near: [] }));
    return await this.step(prompts.map((ids, parent) => ({ parent, ids })), signal);
  }

  /**
   * Adds ids to rows, in pieces if they are many.
   *
   * @param rows The rows of this call.
   * @param signal Ends the call between pieces.
   * @returns Logits `[rows that have ids, V]` after each row's last id.
   * @throws {RangeError} If a parent is not a row of the previous call, or a row becomes too long.
   * @throws `signal.reason` If the signal aborts.
   */
  async step(rows: readonly NextRow[], signal?: AbortSignal): Promise<Floats> {
    const next = rows.map(({ parent, ids }): Row => {
      const row = this.#rows[parent];
      if (!row) throw new RangeError(`Cannot continue row ${parent} of ${this.#rows.length}`);
      if (row.slots.length + ids.length > this.limit) {
        throw new RangeError(
          `Cannot continue a row to ${row.slots.length + ids.length} ids: the decoder has ` +
            `positions for ${this.limit}`,
        );
      }
      return row;
    });
    const logits = await this.#runPieces(next, piecesOf(rows, this.#most), signal);
    this.#rows = this.#attention.settle(next);
    const continued = new Set(next.map(({ document }) => document));
    this.#memories?.forEach((memory, document) => {
      if (continued.has(document)) return;
      memory?.dispose();
      this.#memories![document] = undefined;
    });
    return logits;
  }

  /** Releases caches and memories. */
  dispose(): void {
    this.#memories?.forEach((memory) => memory?.dispose());
    this.#memories?.fill(undefined);
    this.#attention.dispose();
    this.#rows = [];
  }

  /** Runs pieces one after the other and puts the rows with their new ids in place. */
  async #runPieces(
    rows: Row[],
    pieces: readonly Piece[],
    signal: AbortSignal | undefined,
  ): Promise<Floats> {
    const { backend } = this;
    const logits: Floats[] = [];
    const grown: Addition[] = [];
    try {
      for (const [i, { rows: added }] of pieces.entries()) {
        if (i > 0) {
          await backend.settle();
          signal?.throwIfAborted();
          // Rows of the call before are given up: a window's memory is for one piece.
          this.#rows = [];
          this.#attention.settle(rows).forEach((row, r) => rows[r] = row);
          grown.length = 0;
        }
        for (const { row, ids } of added) {
          const { document } = rows[row];
          const addition = { ...this.#attention.grow(rows[row], ids.length), document, ids };
          grown.push(addition);
          rows[row] = addition;
        }
        const made = this.#run(grown, added.map(({ ends }) => ends));
        if (made) logits.push(made);
      }
      const count = logits.reduce((sum, { dims }) => sum + dims[1], 0);
      if (count === 0) return backend.floats(new Float32Array(0), [0, this.vocabulary]);
      const all = backend.scope(() => logits.reduce((a, b) => backend.concatRows(a, b)));
      if (logits.length > 1) logits.forEach((each) => each.dispose());
      return all.reshape([count, this.vocabulary]);
    } catch (error) {
      logits.forEach((each) => each.dispose());
      this.#attention.release(grown);
      throw error;
    }
  }

  /** Runs new ids as rows of one sequence; gives the logits `[1, rows, V]` of rows that end. */
  #run(rows: readonly Addition[], ends: readonly boolean[]): Floats | undefined {
    const { backend, config, family } = this.#parts;
    const all = rows.flatMap(({ ids }) => ids);
    const batch = {
      ...decoderBatch(Int32Array.from(all), [1, all.length]),
      positions: Int32Array.from(
        rows.flatMap(({ ids, slots }) => ids.map((_, i) => slots.length - ids.length + i)),
      ),
    };
    let end = 0;
    const last = rows.map(({ ids }) => (end += ids.length) - 1).filter((_, row) => ends[row]);
    let logits: Floats | undefined;
    backend.scope(() => {
      const attention = this.#attention.prepare(rows);
      const options = { heads: config.num_attention_heads };
      let x = embed(this.#parts, batch);
      for (const [layer, names] of this.#layers.entries()) {
        const documents = this.#documents(rows, layer);
        const crossAttend = documents &&
          ((query: Floats) => backend.attend(query, documents, options));
        const before = x;
        x = runLayer(this.#parts, names, before, attention(layer), crossAttend);
        before.dispose();
      }
      if (last.length === 0) return [];
      if (last.length < all.length) {
        x = backend.gatherRows(x, backend.integers(Int32Array.from(last), [1, last.length]));
      }
      if (family.finalNorm) x = norm(this.#parts, family.finalNorm, x);
      logits = runHead(this.#parts, this.#head, x);
      return [logits];
    });
    return logits;
  }

  /** Which query rows attend to which document; undefined without an encoder. */
  #documents(
    active: readonly Addition[],
    layer: number,
  ): AttendPart<Floats, Integers>[] | undefined {
    if (!this.#memories) return undefined;
    const parts: AttendPart<Floats, Integers>[] = [];
    let first = 0;
    for (let row = 0; row < active.length;) {
      const { document } = active[row];
      let count = 0;
      while (row < active.length && active[row].document === document) {
        count += active[row++].ids.length;
      }
      parts.push({ first, count, sources: [this.#memories[document]!.source(layer)] });
      first += count;
    }
    return parts;
  }
}

/** Cuts the new ids of a step into pieces; rows without new ids are in none. */
function piecesOf(rows: readonly NextRow[], most: number): Piece[] {
  const pieces: Piece[] = [];
  let room = 0;
  for (const [row, { ids }] of rows.entries()) {
    for (let done = 0; done < ids.length;) {
      if (room === 0) {
        pieces.push({ rows: [] });
        room = most;
      }
      const part = ids.slice(done, done + room);
      done += part.length;
      room -= part.length;
      pieces[pieces.length - 1].rows.push({ row, ids: part, ends: done === ids.length });
    }
  }
  return pieces;
}
