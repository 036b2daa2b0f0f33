/**
 * The embedding of all families.
 *
 * @module
 */
import { withinRange } from "../ops/checks.ts";
import { positionRows, positionTable } from "../checkpoint/position_table.ts";
import type { PositionTable } from "../families/families.ts";
import type { Floats, Lookup } from "../ops/backend.ts";
import { dropOut } from "./dropout.ts";
import { type BlockParts, linear, norm } from "./blocks.ts";
import type { TokenBatch } from "./inputs.ts";
import { firstPositionRow, positionCount, positionIds } from "./position_ids.ts";

/**
 * Word + position + token type, global tokens in front, norm, and where the embedding has a
 * width of its own a dense layer to `hidden_size`; each as far as the family has it.
 *
 * @param parts Backend, weights, config, family.
 * @param batch Checked ids.
 * @returns `[batch, globals + tokens, hidden_size]`.
 * @throws {RangeError} If the batch is longer than the position table.
 */
export function embed(
  parts: BlockParts,
  sequences: TokenBatch,
): Floats {
  const { batch, ids, typeIds } = sequences;
  const { backend, parameters, config, family: { embeddings: names, positions, projection } } =
    parts;
  const lookup = (values: Int32Array, name: string, rows = batch) => ({
    ids: backend.integers(values, [rows, values.length / rows]),
    table: parameters.get(name),
  });
  const checkedLookup = (values: Int32Array, name: string, count: number) => {
    const { ids, table } = lookup(values, name);
    return { ids: withinRange(ids, 0, count - 1), table };
  };
  return backend.scope(() => {
    const scale = config.scale_embedding ? Math.sqrt(config.hidden_size) : 1;
    const lookups: Lookup[] = [{
      ...checkedLookup(ids, names.word, config.vocab_size),
      scale,
      padding: hasPadding(parts) ? config.pad_token_id : undefined,
    }];
    if (typeof positions !== "string") {
      const rows = tableRows(parts, positions, sequences);
      const padding = positions.ids === "from_padding" ? config.pad_token_id : undefined;
      lookups.push({ ...lookup(rows, positions.table), padding });
    }
    if (names.tokenType) {
      lookups.push(checkedLookup(typeIds, names.tokenType, config.type_vocab_size));
    }
    let x = backend.embed(lookups);
    if (config.lsg && names.global) {
      const globals = Int32Array.from({ length: config.lsg.num_global_tokens }, (_, i) => i);
      x = backend.concatRows(backend.embed([lookup(globals, names.global, 1)]), x);
    }
    if (names.norm) x = norm(parts, names.norm, x);
    x = dropOut(parts, "embedding", x);
    const projectionName = projection?.(config);
    return projectionName ? linear(parts, projectionName, x) : x;
  });
}

/**
 * Checks that a position table has rows for all tokens, padding too.
 *
 * @param parts Config and family.
 * @param batch Checked ids.
 * @throws {RangeError} If the batch is longer than the position table.
 */
export function checkPositions(parts: BlockParts, batch: TokenBatch): void {
  const { positions } = parts.family;
  if (typeof positions !== "string") tableRows(parts, positions, batch);
}

/** The rows of the position table that tokens read. */
function tableRows(
  parts: BlockParts,
  positions: PositionTable,
  { tokens, ids, positions: given }: TokenBatch,
): Int32Array {
  const { pad_token_id } = parts.config;
  const first = firstPositionRow(positions, pad_token_id);
  const rows = given?.map((position) => first + position) ??
    positionIds(positions, ids, tokens, pad_token_id);
  checkLength(parts, rows);
  return rows;
}

/** Whether there is an id of padding, whose row is not trained. */
function hasPadding({ config: { raw }, family: { defaults } }: BlockParts): boolean {
  return (raw.pad_token_id === undefined ? defaults.pad_token_id : raw.pad_token_id) !== null;
}

function checkLength({ config, family }: BlockParts, ids: Int32Array): void {
  const count = positionCount(config, family.positions);
  const last = ids.reduce((a, b) => Math.max(a, b));
  const excess = last + 1 - positionRows(config, positionTable(family));
  if (excess <= 0) return;
  throw new RangeError(
    `Cannot encode ${count + excess} tokens: the model has positions for ${count}. ` +
      "Cut the text (truncation: true)" +
      (family.converts
        ? ", or load the model with lsg: { max_sequence_length } to lengthen it"
        : ""),
  );
}
