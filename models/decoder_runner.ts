/**
 * A decoder that continues rows of ids, with a cache of keys and values.
 *
 * @module
 */
import { largest } from "../base/largest.ts";
import type { HeadDescription } from "../families/families.ts";
import type { AttendPart } from "../ops/attend_plan.ts";
import type { Backend, Floats, Integers } from "../ops/backend.ts";
import { type BlockParts, norm } from "./blocks.ts";
import type { DocumentMemory } from "./document_memory.ts";
import { embed } from "./embedding.ts";
import { runHead } from "./head.ts";
import { decoderBatch } from "./inputs.ts";
import { runLayer } from "./layer.ts";
import { positionCount } from "./position_ids.ts";
import type { NextRow, SequenceRunner } from "./sequence_runner.ts";
import { writeRows } from "../ops/write_rows.ts";
import { attendCached } from "../ops/attend_cached.ts";

/** A row of ids: its document, and where the cache holds its keys and values. */
interface Row {
  readonly document: number;
  readonly slots: readonly number[];
}

/** Ids that a call adds to a row. */
interface Addition extends Row {
  readonly ids: readonly number[];
}

/** Keys and values of a layer, `[1, capacity, heads·width]` each, which are written in place. */
interface LayerCache {
  readonly keys: Floats;
  readonly values: Floats;
}

/**
 * Runs a decoder on rows of ids. All rows of a call are one batch of queries: each weight is read
 * once for all of them, each document's memory once for all rows that continue it. Keys and values
 * are written into slots of a cache; a row is a list of slots, so that beams fork without a copy.
 */
export class DecoderRunner implements SequenceRunner {
  readonly #parts: BlockParts;
  readonly #head: HeadDescription;
  readonly #memories: (DocumentMemory | undefined)[];
  #caches: LayerCache[] = [];
  #capacity: number;
  #used = 0;
  #rows: readonly Row[] = [];

  /**
   * Starts without rows.
   *
   * @param parts The decoder's weights and description.
   * @param head The head that gives scores.
   * @param memories What each sequence attends to; the runner owns them.
   * @param capacity How many ids all rows will hold together; beyond it the cache is copied once
   * into a larger one.
   */
  constructor(
    parts: BlockParts,
    head: HeadDescription,
    memories: readonly DocumentMemory[],
    capacity = 64,
  ) {
    this.#parts = parts;
    this.#head = head;
    this.#memories = [...memories];
    this.#capacity = capacity;
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
    return positionCount(this.#parts.config, this.#parts.family.positions);
  }

  /**
   * Runs the first ids of each sequence.
   *
   * @param prompts At least one id a sequence.
   * @returns Logits `[prompts, V]` of each prompt's last id.
   * @throws {RangeError} If there is not a prompt for each sequence, or one is empty.
   */
  async start(prompts: readonly (readonly number[])[]): Promise<Floats> {
    if (prompts.length !== this.#memories.length || prompts.some((ids) => ids.length === 0)) {
      throw new RangeError(
        `Cannot start ${prompts.length} prompts of ${
          prompts.map((ids) => ids.length)
        } ids: wanted ` +
          `at least one id for each of ${this.#memories.length} sequences`,
      );
    }
    this.#rows = prompts.map((_, document) => ({ document, slots: [] }));
    return await this.step(prompts.map((ids, parent) => ({ parent, ids })));
  }

  /**
   * Adds ids to rows.
   *
   * @param rows The rows of this call.
   * @returns Logits `[rows that have ids, V]` after each row's last id.
   * @throws {RangeError} If a parent is not a row of the previous call, or a row becomes too long.
   */
  // deno-lint-ignore require-await -- an error rejects instead of throwing
  async step(rows: readonly NextRow[]): Promise<Floats> {
    let next = this.#used;
    const additions = rows.map(({ parent, ids }): Addition => {
      const row = this.#rows[parent];
      if (!row) throw new RangeError(`Cannot continue row ${parent} of ${this.#rows.length}`);
      if (row.slots.length + ids.length > this.limit) {
        throw new RangeError(
          `Cannot continue a row to ${row.slots.length + ids.length} ids: the decoder has ` +
            `positions for ${this.limit}`,
        );
      }
      return { ...row, ids, slots: [...row.slots, ...ids.map(() => next++)] };
    });
    const active = additions.filter(({ ids }) => ids.length > 0);
    const logits = active.length > 0
      ? this.#run(active, next)
      : this.backend.floats(new Float32Array(0), [0, this.vocabulary]);
    this.#used = next;
    this.#rows = additions;
    const continued = new Set(additions.map(({ document }) => document));
    this.#memories.forEach((memory, document) => {
      if (continued.has(document)) return;
      memory?.dispose();
      this.#memories[document] = undefined;
    });
    return logits;
  }

  /** Releases caches and memories. */
  dispose(): void {
    this.#memories.forEach((memory) => memory?.dispose());
    this.#memories.fill(undefined);
    this.#disposeCaches();
    this.#rows = [];
  }

  /** Runs all new ids as rows of one sequence; `used` slots are filled afterwards. */
  #run(active: readonly Addition[], used: number): Floats {
    const { backend, config, family } = this.#parts;
    this.#reserve(used);
    const all = active.flatMap(({ ids }) => ids);
    const batch = {
      ...decoderBatch(Int32Array.from(all), [1, all.length]),
      positions: Int32Array.from(
        active.flatMap(({ ids, slots }) => ids.map((_, i) => slots.length - ids.length + i)),
      ),
    };
    const logits = backend.scope(() => {
      const written = Int32Array.from({ length: all.length }, (_, i) => this.#used + i);
      const slots = backend.integers(written, [1, all.length]);
      const seen = seenSlots(backend, active);
      const options = { heads: config.num_attention_heads };
      let x = embed(this.#parts, batch);
      for (let layer = 0; layer < config.num_hidden_layers; layer++) {
        const { keys, values } = this.#caches[layer];
        const documents = this.#documents(active, layer);
        x = runLayer(this.#parts, family.layer(layer), x, ({ query, key, value }) => {
          backend.run(writeRows, keys, slots, key);
          backend.run(writeRows, values, slots, value);
          return backend.run(attendCached, query, keys, values, seen, options);
        }, (query) => backend.attend(query, documents, options));
      }
      if (family.finalNorm) x = norm(this.#parts, family.finalNorm, x);
      if (all.length > active.length) {
        let end = 0;
        const last = Int32Array.from(active, ({ ids }) => (end += ids.length) - 1);
        x = backend.gatherRows(x, backend.integers(last, [1, last.length]));
      }
      return runHead(this.#parts, this.#head, x);
    });
    return logits.reshape([active.length, this.vocabulary]);
  }

  /** Which query rows attend to which document. */
  #documents(active: readonly Addition[], layer: number): AttendPart<Floats, Integers>[] {
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

  /** Makes caches of enough slots. */
  #reserve(used: number): void {
    const { backend, config } = this.#parts;
    if (this.#caches.length > 0 && used <= this.#capacity) return;
    const capacity = used <= this.#capacity ? this.#capacity : Math.max(2 * this.#capacity, used);
    const caches: LayerCache[] = [];
    backend.scope(() => {
      const grow = (cache: Floats | undefined) => {
        const more = capacity - (cache?.dims[1] ?? 0);
        const rest = backend.empty([1, more, config.hidden_size]);
        return cache ? backend.concatRows(cache, rest) : rest;
      };
      for (let layer = 0; layer < config.num_hidden_layers; layer++) {
        const { keys, values } = this.#caches[layer] ?? {};
        caches.push({ keys: grow(keys), values: grow(values) });
      }
      return caches.flatMap(({ keys, values }) => [keys, values]);
    });
    this.#disposeCaches();
    this.#caches = caches;
    this.#capacity = capacity;
  }

  #disposeCaches(): void {
    this.#caches.forEach(({ keys, values }) => [keys, values].forEach((each) => each.dispose()));
    this.#caches = [];
  }
}

/** `[1, ids, longest]`: the slots that each new id sees, those of its row up to itself. */
function seenSlots(backend: Backend, active: readonly Addition[]): Integers {
  const longest = largest(active.map(({ slots }) => slots.length));
  const count = active.reduce((sum, { ids }) => sum + ids.length, 0);
  const seen = new Int32Array(count * longest).fill(-1);
  let row = 0;
  for (const { ids, slots } of active) {
    for (let i = 1; i <= ids.length; i++, row++) {
      const visible = slots.length - ids.length + i;
      for (let j = 0; j < visible; j++) seen[row * longest + j] = slots[j];
    }
  }
  return backend.integers(seen, [1, count, longest]);
}
