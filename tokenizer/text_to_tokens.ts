import { type AddedToken, addedTokenSplitter } from "./added_tokens.ts";
import { type AlignedText, alignText, sliceAligned } from "./aligned_text.ts";

/** A token, and where it is from. */
export interface TokenSpan {
  /** The token as the vocabulary spells it; an added one as the text does, with its spaces. */
  token: string;
  /** Its number in the vocabulary. */
  id: number;
  /** Where it starts in the text that was cut, in UTF-16 code units. */
  start: number;
  /** Where it ends there. */
  end: number;
}

/** A token of a text; it starts and ends in the original text. */
export interface Token extends TokenSpan {
  /** Which word of the text it is from; an added token is a word of its own. */
  word: number;
}

/** The steps from a text to tokens, as a tokenizer.json describes them. */
export interface TokenizationSteps {
  /** Tokens found in the text as it stands, or once it is normalised. */
  addedTokens: readonly AddedToken[];
  /** Rewrites what is between tokens that are found in the text as it stands. */
  normalize: (aligned: AlignedText) => AlignedText;
  /** Cuts what is between added tokens into words. */
  preTokenize: (aligned: AlignedText) => AlignedText[];
  /** Cuts a word into tokens of the vocabulary; they start and end in the word. */
  model: (word: string) => readonly Readonly<TokenSpan>[];
}

/**
 * Makes the function that cuts a text into tokens, without special tokens around them.
 *
 * @param steps The tokenizer's steps.
 * @returns A function from a text to its tokens.
 */
export function textToTokens(steps: TokenizationSteps): (text: string) => Token[] {
  const { addedTokens, normalize, preTokenize, model } = steps;
  // In this order: what the first ones take is not there for the others.
  const splitPlain = addedTokenSplitter(addedTokens.filter((token) => !token.normalized));
  const splitNormalized = addedTokenSplitter(
    addedTokens.filter((token) => token.normalized)
      .map((token) => ({ ...token, content: normalize(alignText(token.content)).text })),
  );

  return (text) => {
    const tokens: Token[] = [];
    let words = 0;
    const addToken = (part: AlignedText, id: number) => {
      const end = part.ends[part.ends.length - 1];
      tokens.push({ token: part.text, id, start: part.starts[0], end, word: words++ });
    };
    const addWord = ({ text, starts, ends }: AlignedText) => {
      for (const { token, id, start, end } of model(text)) {
        tokens.push({ token, id, start: starts[start], end: ends[end - 1], word: words });
      }
      words++;
    };
    const aligned = alignText(text);
    for (const outer of splitPlain(text)) {
      const plain = sliceAligned(aligned, outer.start, outer.end);
      if (outer.token) {
        addToken(plain, outer.token.id);
        continue;
      }
      const normalized = normalize(plain);
      for (const { start, end, token } of splitNormalized(normalized.text)) {
        const part = sliceAligned(normalized, start, end);
        if (token) addToken(part, token.id);
        else preTokenize(part).forEach(addWord);
      }
    }
    return tokens;
  };
}
