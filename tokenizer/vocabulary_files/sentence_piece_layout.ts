import { doubledLayout, type RowLayout, textA, textB } from "../row_layout.ts";
import type { SpecialTokens } from "../special_tokens.ts";
import { pegasusSettings, unusedTokens } from "./pegasus_tokens.ts";
import type { Piece } from "./sentence_piece.ts";
import type { Json } from "./vocabulary_parts.ts";

/** The name of a layout. */
export type LayoutName = "albert" | "barthez" | "camembert" | "mbart" | "pegasus" | "xlmRoberta";

/** What a class of tokenizers makes of a SentencePiece model. */
export interface SentencePieceLayout {
  /** Gives the pieces in the order of the class's ids, from those of the model. */
  readonly vocabulary: (pieces: readonly Piece[], settings: LayoutSettings) => readonly Piece[];
  /** Gives the class's id of the unknown piece, from the model's. */
  readonly unkId: (unkId: number, settings: LayoutSettings) => number;
  /** Gives the normalizers of tokenizer.json that come before the model's table. */
  readonly normalizers?: (config: Json) => readonly Json[];
  /** Whether white space is removed, not only spaces, before words are marked. */
  readonly splitsWhiteSpace?: boolean;
  /** Gives the layout of rows; absent: as the languages of the class say. */
  readonly rows?: (tokens: SpecialTokens) => RowLayout;
}

/** What a layout depends on beside the model. */
export interface LayoutSettings {
  /** The special tokens, defaults of the class included. */
  readonly specialTokens: SpecialTokens;
  /** The content of tokenizer_config.json. */
  readonly config: Json;
}

const plain = (...pieces: string[]): Piece[] => pieces.map((piece) => [piece, 0]);

/** The four tokens that fairseq puts in place of sentencepiece's first three. */
const fairseqTokens = plain("<s>", "<pad>", "</s>", "<unk>");

const unkIdOfFairseq = (): number => 3;

/**
 * Makes the layout of mBART: tokens of the languages follow the pieces.
 *
 * @param languages The languages.
 * @returns The layout.
 */
export function mbartLayout(languages: readonly string[]): SentencePieceLayout {
  return {
    vocabulary: (pieces) => [
      ...fairseqTokens,
      ...pieces.slice(3),
      ...plain(...languages, "<mask>"),
    ],
    unkId: unkIdOfFairseq,
  };
}

/** XLM-RoBERTa: fairseq's ids. */
export const xlmRobertaLayout: SentencePieceLayout = {
  ...mbartLayout([]),
  rows: () => doubledLayout("<s>", "</s>"),
};

/** BARThez: the ids of the model, which was made with fairseq's tokens. */
export const barthezLayout: SentencePieceLayout = {
  ...xlmRobertaLayout,
  vocabulary: (pieces) => pieces,
};

/** CamemBERT: fairseq's tokens in front of sentencepiece's own, without its unknown piece. */
export const camembertLayout: SentencePieceLayout = {
  ...xlmRobertaLayout,
  vocabulary: (pieces) => [
    ...plain("<s>NOTUSED", "<pad>", "</s>NOTUSED", "<unk>"),
    ["<unk>NOTUSED", -100],
    ...pieces.slice(1),
    ...plain("<mask>"),
  ],
};

/** Pegasus: tokens that only pretraining uses between the first two pieces and the others. */
export const pegasusLayout: SentencePieceLayout = {
  vocabulary: (pieces, { specialTokens, config }) => {
    const { pad_token = "<pad>", eos_token = "</s>", mask_token } = specialTokens;
    const { offset, sentenceMask } = pegasusSettings(config);
    const masks = sentenceMask === undefined
      ? []
      : [sentenceMask, ...(mask_token === undefined || offset <= 3 ? [] : [mask_token])];
    return [
      ...plain(pad_token, eos_token, ...masks),
      ...unusedTokens(2, offset).map((token): Piece => [token, -100]),
      ...pieces.slice(2),
    ];
  },
  unkId: (unkId, { config }) => unkId + pegasusSettings(config).offset,
  splitsWhiteSpace: true,
  rows: ({ eos_token = "</s>" }) => {
    const end = { token: eos_token };
    return { single: [textA, end], pair: [textA, textB, end] };
  },
};

/** ALBERT: the ids of the model. */
export const albertLayout: SentencePieceLayout = {
  // A number is not one piece with the comma behind it.
  vocabulary: (pieces) =>
    pieces.map(([piece, score]) => [piece, /\p{Nd},$/u.test(piece) ? score - 100 : score]),
  unkId: (unkId) => unkId,
  normalizers: (config) => {
    const isSet = (key: string, absent: boolean) =>
      Object.hasOwn(config, key) ? config[key] === true : absent;
    return [
      { type: "Replace", pattern: { String: "``" }, content: '"' },
      { type: "Replace", pattern: { String: "''" }, content: '"' },
      ...(isSet("keep_accents", false) ? [] : [{ type: "NFKD" }, { type: "StripAccents" }]),
      ...(isSet("do_lower_case", true) ? [{ type: "Lowercase" }] : []),
    ];
  },
  rows: () => {
    const end = { token: "[SEP]" };
    const single = [{ token: "[CLS]" }, textA, end];
    return { single, pair: [...single, { ...textB, typeId: 1 }, { ...end, typeId: 1 }] };
  },
};

/**
 * Finds a layout.
 *
 * @param name Its name.
 * @param languages The languages of the class, for mBART.
 * @returns The layout.
 */
export function findLayout(name: LayoutName, languages: readonly string[]): SentencePieceLayout {
  if (name === "mbart") return mbartLayout(languages);
  return {
    albert: albertLayout,
    barthez: barthezLayout,
    camembert: camembertLayout,
    pegasus: pegasusLayout,
    xlmRoberta: xlmRobertaLayout,
  }[name];
}
