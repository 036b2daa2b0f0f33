import { type AddedToken, addedTokenSplitter } from "./added_tokens.ts";
import { type AlignedText, alignText, sliceAligned } from "./aligned_text.ts";

/** A token of a text, and where it is from. */
export interface Token {
  /** The token as the vocabulary spells it; an added one as the text does, with its spaces. */
  token: string;
  /** Its number in the vocabulary. */
  id: number;
  /** Where it starts in the original text, in UTF-16 code units. */
  start: number;
  /** Where it ends in the original text, in UTF-16 code units. */
  end: number;
}

/** The steps from a text to tokens, as a tokenizer.json describes them. */
export interface TokenizationSteps {
  /** Tokens found in the text as it stands. */
  addedTokens: readonly AddedToken[];
  /** Cuts what is between added tokens into words. */
  preTokenize: (aligned: AlignedText) => AlignedText[];
  /** Cuts a word into tokens of the vocabulary, in order. */
  model: (word: string) => string[];
  /** How many code units of `word`, from `position` on, a token of it stands for. */
  tokenLength: (token: string, word: string, position: number) => number;
  /** The number of a token in the vocabulary. */
  tokenToId: (token: string) => number;
}

/**
 * Makes the function that cuts a text into tokens, without special tokens around them.
 *
 * @param steps The tokenizer's steps.
 * @returns A function from a text to its tokens.
 */
export function textToTokens(steps: TokenizationSteps): (text: string) => Token[] {
  // In this order: what the first ones take is not there for the others.
  const splitPlain = addedTokenSplitter(steps.addedTokens.filter((token) => !token.normalized));
  const splitNormalized = addedTokenSplitter(steps.addedTokens.filter((token) => token.normalized));

  function* wordTokens(word: AlignedText): Generator<Token> {
    let position = 0;
    for (const token of steps.model(word.text)) {
      const last = position + steps.tokenLength(token, word.text, position) - 1;
      yield {
        token,
        id: steps.tokenToId(token),
        start: word.starts[position],
        end: word.ends[last],
      };
      position = last + 1;
    }
  }

  return (text) => {
    const tokens: Token[] = [];
    const aligned = alignText(text);
    for (const outer of splitPlain(text)) {
      const parts = outer.token ? [outer] : splitNormalized(text.slice(outer.start, outer.end))
        .map((part) => ({
          ...part,
          start: part.start + outer.start,
          end: part.end + outer.start,
        }));
      for (const { start, end, token } of parts) {
        if (token) {
          tokens.push({ token: text.slice(start, end), id: token.id, start, end });
          continue;
        }
        for (const word of steps.preTokenize(sliceAligned(aligned, start, end))) {
          for (const found of wordTokens(word)) tokens.push(found);
        }
      }
    }
    return tokens;
  };
}
