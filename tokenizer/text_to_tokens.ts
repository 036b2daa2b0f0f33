import { type AddedToken, addedTokenSplitter } from "./added_tokens.ts";
import { AlignedText } from "./aligned_text.ts";

/** Most tokens of a text: 18 letters of 3 bytes for U+FDFA are the most that normal forms make. */
const MIN_TOKENS = 1000;
const TOKENS_PER_LETTER = 54;

/** A token and its range in a text. */
export interface TokenSpan {
  /** The token as spelled in the vocabulary; an added one as in the text, with its spaces. */
  token: string;
  /** Its id in the vocabulary. */
  id: number;
  /** Start in the text that was split, in UTF-16 code units. */
  start: number;
  /** End in that text. */
  end: number;
}

/** A token and its range in the original text. */
export interface Token extends TokenSpan {
  /** Index of its word in the text; an added token is a word of its own. */
  word: number;
}

/** The steps of tokenization, as described by a tokenizer.json. */
export interface TokenizationSteps {
  /** Tokens to find in the original or in the normalized text. */
  addedTokens: readonly AddedToken[];
  /** Rewrites the text between the tokens that were found in the original text. */
  normalize: (aligned: AlignedText) => AlignedText;
  /** Splits the text between added tokens into words. */
  preTokenize: (aligned: AlignedText) => AlignedText[];
  /** Splits a word into tokens of the vocabulary, with their ranges in the word. */
  model: (word: string) => readonly Readonly<TokenSpan>[];
}

/**
 * Makes a function that tokenizes a text, without adding special tokens.
 *
 * @param steps The tokenizer's steps.
 * @returns A function from a text to its tokens.
 */
export function textToTokens(steps: TokenizationSteps): (text: string) => Token[] {
  const { addedTokens, normalize, preTokenize, model } = steps;
  // In this order: text that the first ones match is not searched for the others.
  const splitOriginal = addedTokenSplitter(addedTokens.filter((token) => !token.normalized));
  const splitNormalized = addedTokenSplitter(
    addedTokens.filter((token) => token.normalized)
      .map((token) => ({ ...token, content: normalize(new AlignedText(token.content)).text })),
  );

  return (text) => {
    const tokens: Token[] = [];
    let words = 0;
    const addWord = (word: AlignedText, found: readonly Readonly<TokenSpan>[]) => {
      for (const { token, id, start, end } of found) {
        tokens.push({
          token,
          id,
          start: word.startAt(start),
          end: word.endAt(end - 1),
          word: words,
        });
      }
      words++;
      if (tokens.length > MIN_TOKENS + TOKENS_PER_LETTER * text.length) {
        throw new RangeError(
          `Cannot tokenize a text of ${text.length} letters: it gives more than ` +
            `${TOKENS_PER_LETTER} tokens for each`,
        );
      }
    };
    const addToken = (part: AlignedText, { id }: AddedToken) =>
      addWord(part, [{ token: part.text, id, start: 0, end: part.text.length }]);
    const aligned = new AlignedText(text);
    for (const outer of splitOriginal(text)) {
      const plain = aligned.slice(outer.start, outer.end);
      if (outer.token) {
        addToken(plain, outer.token);
        continue;
      }
      const normalized = normalize(plain);
      for (const { start, end, token } of splitNormalized(normalized.text)) {
        const part = normalized.slice(start, end);
        if (token) addToken(part, token);
        else for (const word of preTokenize(part)) addWord(word, model(word.text));
      }
    }
    return tokens;
  };
}
