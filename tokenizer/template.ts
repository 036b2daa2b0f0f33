import { isJsonObject } from "../checkpoint/json.ts";
import type { Token } from "./text_to_tokens.ts";

/** A piece of a template: the tokens of a text, or special tokens around them. */
export type TemplatePiece =
  | { sequence: 0 | 1; typeId: number }
  | { special: readonly { token: string; id: number }[]; typeId: number };

/** How the tokens of one or two texts become a row of ids: a post-processor of tokenizer.json. */
export interface Template {
  /** The row of one text. */
  single: readonly TemplatePiece[];
  /** The row of a pair. */
  pair: readonly TemplatePiece[];
  /** Whether spaces are trimmed off the offsets, and whether one of them was added in front. */
  trim?: { addPrefixSpace: boolean };
}

/** What the model gets of a row of tokens, and what is known about each; all of one length. */
export interface Row {
  /** The tokens' numbers in the vocabulary. */
  input_ids: number[];
  /** 1 for a token, 0 for padding. */
  attention_mask: number[];
  /** Which text of a pair a token is from, as the model numbers them. */
  token_type_ids: number[];
  /** 1 for what the template or the padding put there, 0 for what is from the text. */
  special_tokens_mask: number[];
  /** Start and end in the text; `[0, 0]` for what is not from the text. */
  offset_mapping: [number, number][];
  /** Which word of its text a token is from; null for what is not from the text. */
  word_ids: (number | null)[];
}

/**
 * Counts the special tokens of a template.
 *
 * @param pieces The template of one text or of a pair.
 * @returns How many tokens it adds to those of the texts.
 */
export function countSpecialTokens(pieces: readonly TemplatePiece[]): number {
  return pieces.reduce((sum, piece) => sum + ("special" in piece ? piece.special.length : 0), 0);
}

/**
 * Puts the tokens of the texts and the special tokens in a row.
 *
 * @param pieces The template of one text or of a pair.
 * @param texts The tokens of each text.
 * @param addSpecialTokens Whether the special tokens are put in.
 * @returns The row.
 */
export function applyTemplate(
  pieces: readonly TemplatePiece[],
  texts: readonly (readonly Token[])[],
  addSpecialTokens: boolean,
): Row {
  const row: Row = {
    input_ids: [],
    attention_mask: [],
    token_type_ids: [],
    special_tokens_mask: [],
    offset_mapping: [],
    word_ids: [],
  };
  const add = (
    id: number,
    typeId: number,
    special: number,
    offsets: [number, number],
    word: number | null,
  ) => {
    row.input_ids.push(id);
    row.attention_mask.push(1);
    row.token_type_ids.push(typeId);
    row.special_tokens_mask.push(special);
    row.offset_mapping.push(offsets);
    row.word_ids.push(word);
  };
  for (const piece of pieces) {
    if ("sequence" in piece) {
      for (const { id, start, end, word } of texts[piece.sequence]) {
        add(id, piece.typeId, 0, [start, end], word);
      }
    } else if (addSpecialTokens) {
      for (const { id } of piece.special) add(id, piece.typeId, 1, [0, 0], null);
    }
  }
  return row;
}

/**
 * Reads the post-processor of a tokenizer.json.
 *
 * @param config The value of `post_processor`.
 * @param name The file, for messages.
 * @returns The template.
 * @throws {TypeError} If the post-processor is of an unknown type or not well formed.
 */
export function parseTemplate(config: unknown, name: string): Template {
  const plain: Template = {
    single: [{ sequence: 0, typeId: 0 }],
    pair: [{ sequence: 0, typeId: 0 }, { sequence: 1, typeId: 1 }],
  };
  if (config === null || config === undefined) return plain;
  const fail = (what: string): never => {
    throw new TypeError(
      `Cannot read post_processor of ${name}: ${what}; wanted RobertaProcessing, BertProcessing, ` +
        "TemplateProcessing, ByteLevel or a Sequence of those",
    );
  };
  if (!isJsonObject(config)) return fail(`got ${JSON.stringify(config)}`);
  const trim = config.trim_offsets === true
    ? { addPrefixSpace: config.add_prefix_space === true }
    : undefined;
  switch (config.type) {
    case "ByteLevel":
      return { ...plain, trim };
    case "RobertaProcessing":
    case "BertProcessing": {
      const cls = parsePlainToken(config.cls, fail);
      const sep = parsePlainToken(config.sep, fail);
      const roberta = config.type === "RobertaProcessing";
      const special = (token: { token: string; id: number }, typeId: number) => ({
        special: [token],
        typeId,
      });
      // RoBERTa has one token type, and two separators between the texts.
      const second = roberta ? 0 : 1;
      const single = [special(cls, 0), plain.single[0], special(sep, 0)];
      const pair = [
        ...single,
        ...(roberta ? [special(sep, 0)] : []),
        { sequence: 1 as const, typeId: second },
        special(sep, second),
      ];
      return { single, pair, trim: roberta ? trim : undefined };
    }
    case "TemplateProcessing":
      return {
        single: parsePieces(config.single, config.special_tokens, fail),
        pair: parsePieces(config.pair, config.special_tokens, fail),
      };
    case "Sequence": {
      if (!Array.isArray(config.processors)) return fail("a Sequence without processors");
      const parts = config.processors.map((part) => parseTemplate(part, name));
      const last = parts.findLast((part) => countSpecialTokens(part.single) > 0) ?? plain;
      return {
        single: last.single,
        pair: last.pair,
        trim: parts.find((part) => part.trim)?.trim,
      };
    }
    default:
      return fail(`got type ${JSON.stringify(config.type)}`);
  }
}

type Fail = (what: string) => never;

/** `["</s>", 2]` */
function parsePlainToken(value: unknown, fail: Fail): { token: string; id: number } {
  if (!Array.isArray(value) || typeof value[0] !== "string" || !Number.isSafeInteger(value[1])) {
    return fail(`cls or sep is ${JSON.stringify(value)}, not [token, id]`);
  }
  return { token: value[0], id: value[1] };
}

/** `[{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}]` */
function parsePieces(value: unknown, specialTokens: unknown, fail: Fail): TemplatePiece[] {
  if (!Array.isArray(value)) return fail("a template is not an array");
  return value.map((piece): TemplatePiece => {
    const content = isJsonObject(piece) ? piece.SpecialToken ?? piece.Sequence : undefined;
    if (!isJsonObject(content) || !Number.isSafeInteger(content.type_id)) {
      return fail(`a template has the piece ${JSON.stringify(piece)}`);
    }
    const { id, type_id } = content as { id: unknown; type_id: number };
    if (Object.hasOwn(piece, "Sequence")) {
      if (id !== "A" && id !== "B") return fail(`a template has a text ${JSON.stringify(id)}`);
      return { sequence: id === "A" ? 0 : 1, typeId: type_id };
    }
    const special = isJsonObject(specialTokens) && Object.hasOwn(specialTokens, String(id))
      ? specialTokens[String(id)]
      : undefined;
    const { ids, tokens } = isJsonObject(special) ? special : {};
    if (
      !Array.isArray(ids) || !Array.isArray(tokens) || ids.length !== tokens.length ||
      !ids.every(Number.isSafeInteger)
    ) {
      return fail(`special_tokens has no ids and tokens for ${JSON.stringify(id)}`);
    }
    return {
      special: ids.map((number, i) => ({ token: String(tokens[i]), id: number })),
      typeId: type_id,
    };
  });
}
