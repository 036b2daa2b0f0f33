import { layoutTemplate } from "../row_layout.ts";
import type { Piece, SentencePieceModel } from "./sentence_piece.ts";
import type { LayoutSettings, SentencePieceLayout } from "./sentence_piece_layout.ts";
import type { Json, VocabularyParts } from "./vocabulary_parts.ts";

/** Longest piece that BPE may merge; sentencepiece makes pieces of 16 letters. */
const LONGEST_MERGED = 1000;

/**
 * Makes the parts of a tokenizer from a SentencePiece model, as transformers 4.36 converts it.
 *
 * @param model The model.
 * @param layout What the tokenizer's class makes of it.
 * @param settings What else the layout depends on.
 * @param name The file's name in errors.
 * @returns The parts.
 * @throws {SyntaxError} If a piece of a BPE model is too long.
 */
export function sentencePieceParts(
  model: SentencePieceModel,
  layout: SentencePieceLayout,
  settings: LayoutSettings,
  name: string,
): VocabularyParts {
  const vocab = layout.vocabulary(model.pieces, settings);
  const metaspace = { type: "Metaspace", replacement: "▁" };
  const { characterMap } = model;
  const rows = layout.rows?.(settings.specialTokens);
  return {
    json: {
      normalizer: {
        type: "Sequence",
        normalizers: [
          ...layout.normalizers?.(settings.config) ?? [],
          ...(characterMap ? [{ type: "Precompiled", precompiled_charsmap: characterMap }] : []),
          { type: "Replace", pattern: { Regex: " {2,}" }, content: " " },
        ],
      },
      pre_tokenizer: layout.splitsWhiteSpace
        ? { type: "Sequence", pretokenizers: [{ type: "WhitespaceSplit" }, metaspace] }
        : metaspace,
      model: model.type === "BPE"
        ? bpe(model, vocab, name)
        : { type: "Unigram", vocab, unk_id: layout.unkId(model.unkId, settings) },
      decoder: metaspace,
    },
    layout: rows && layoutTemplate(rows),
  };
}

/** A BPE model: its file has no merges; each way to split a piece into two others is one. */
function bpe(
  { pieces, unkPiece }: SentencePieceModel,
  vocab: readonly Piece[],
  name: string,
): Json {
  const ids = new Map(pieces.map(([piece], id) => [piece, id]));
  const merges = pieces.flatMap(([piece]) => {
    if (piece.length > LONGEST_MERGED) {
      throw new SyntaxError(
        `Cannot read ${name}: a piece has ${piece.length} letters; ` +
          `wanted at most ${LONGEST_MERGED}`,
      );
    }
    const splits: { left: string; right: string; order: number[] }[] = [];
    let end = 0;
    for (const character of piece) {
      end += character.length;
      const [left, right] = [piece.slice(0, end), piece.slice(end)];
      const order = [ids.get(left), ids.get(right)];
      if (order.every((id) => id !== undefined)) splits.push({ left, right, order });
    }
    splits.sort((a, b) => a.order[0] - b.order[0] || a.order[1] - b.order[1]);
    return splits.map(({ left, right }) => [left, right]);
  });
  const entries = vocab.map(([piece], id) => [piece, id] as const);
  return { type: "BPE", vocab: nullObject(entries), merges, unk_token: unkPiece, fuse_unk: true };
}

/** An object of any keys, `__proto__` too. */
function nullObject(entries: readonly (readonly [string, number])[]): Json {
  const object: Record<string, number> = Object.create(null);
  for (const [key, value] of entries) object[key] = value;
  return object;
}
