import { isJsonObject } from "../base/json.ts";
import { type AddedToken, type NewToken, readNewToken } from "./added_tokens.ts";
import { JsonPart, ownValue } from "./json_part.ts";
import {
  additionalValues,
  type SpecialTokenRole,
  specialTokenRoles,
  type SpecialTokens,
} from "./special_tokens.ts";
import type { TokenModel } from "./token_models/token_model.ts";
import { checkId } from "./token_models/vocabulary.ts";
import type { TokenizerClass } from "./tokenizer_class.ts";

type Json = Readonly<Record<string, unknown>>;

/** The files that name special tokens, in the order of precedence. */
export interface TokenFiles {
  /** The content of tokenizer_config.json. */
  tokenizerConfig: Json;
  /** The content of special_tokens_map.json. */
  specialTokensMap: Json;
  /** The content of added_tokens.json, which counts if there is no `added_tokens_decoder`. */
  addedTokens?: Json;
}

/**
 * Adds the tokens that tokenizer.json does not list to those that it lists, as the constructor of
 * Python's fast tokenizers does: those of `added_tokens_decoder`, then the special tokens. The
 * vocabulary gives a token its id; one that it lacks gets the next free id.
 *
 * @param listed The tokens of tokenizer.json.
 * @param model The vocabulary.
 * @param files The files that name special tokens.
 * @param special The special tokens, defaults of the class included.
 * @param known The tokenizer's class.
 * @returns All added tokens.
 * @throws {TypeError} If a token is malformed.
 * @throws {RangeError} If an id is out of bounds.
 */
export function withConfigTokens(
  listed: readonly AddedToken[],
  model: Pick<TokenModel, "ids" | "tokenOf">,
  files: TokenFiles,
  special: SpecialTokens,
  known: TokenizerClass | undefined,
): AddedToken[] {
  const specials = new Set([
    ...specialTokenRoles.map((role) => special[role]),
    ...special.additional,
  ]);
  // As Python counts: after the vocabulary and all added tokens; a taken one is skipped.
  let nextId = listed.reduce((next, { id }) => Math.max(next, id + 1), model.ids.size);
  const newId = (content: string): number => {
    while (model.tokenOf(nextId) !== undefined) nextId++;
    checkId(nextId, content, "the added tokens");
    return nextId++;
  };
  const tokens = new Map<string, AddedToken>();
  // Whether a token is searched for in the normalized text: flags of a later version do not change
  // where a special token is found, and a version that was not special is found as well.
  const places = new Map<string, Set<boolean>>();
  const put = (token: AddedToken, before: AddedToken | undefined) => {
    tokens.set(token.content, token);
    const found = places.get(token.content) ?? new Set();
    if (!before?.special) places.set(token.content, found.add(token.normalized));
  };
  const add = (token: NewToken) => {
    const before = tokens.get(token.content);
    const isSpecial = token.special || specials.has(token.content);
    put({
      ...token,
      id: before?.id ?? model.ids.get(token.content) ?? newId(token.content),
      special: isSpecial || before?.special === true,
      normalized: token.normalized ?? !isSpecial,
    }, before);
  };
  for (const token of listed) put(token, tokens.get(token.content));
  // Without the decoder Python reads the list a second time, then as special as the roles say.
  const decoder = readTokensDecoder(files.tokenizerConfig);
  const ofConfig: readonly NewToken[] = decoder ?? listed;
  if (!known?.ignoresAddedTokens) {
    if (decoder === undefined) readAddedTokensFile(files.addedTokens).forEach(add);
    ofConfig.forEach(add);
  }

  // A token that a file names only by its text keeps the flags of the list.
  const flags = new Map<string, NewToken>(
    ofConfig.map((token) => [token.content, token]),
  );
  const named = [files.tokenizerConfig, files.specialTokensMap];
  const flagsOf = (role: SpecialTokenRole, content: string): NewToken | undefined => {
    const values = named.map((file) => ownValue(file, role));
    const isNamed = values.some((value) => value !== undefined);
    const given = isNamed ? flags.get(content) ?? readFlags(values, role, content) : undefined;
    const ofClass = role === "mask_token" ? known?.mask : known?.roles;
    return given ?? (ofClass && { ...plain(content), ...ofClass });
  };
  // Of several roles of one token the first decides.
  const seen = new Set<string>();
  const addSpecial = (content: string, token: NewToken | undefined) => {
    if (seen.has(content)) return;
    seen.add(content);
    if (token !== undefined) add(token);
    else if (!tokens.has(content)) add(plain(content));
  };
  for (const role of specialTokenRoles) {
    const content = special[role];
    if (content !== undefined) addSpecial(content, flagsOf(role, content));
  }
  const additional = named.flatMap(additionalValues);
  for (const content of special.additional) {
    addSpecial(content, readFlags(additional, "additional_special_tokens", content));
  }
  const all = [...tokens.values()].filter(({ content }) => content !== "").flatMap((token) =>
    Array.from(places.get(token.content)!, (normalized) => ({ ...token, normalized }))
  );
  // Of two tokens that are equal when normalized, a special one is found.
  return [...all.filter((token) => token.special), ...all.filter((token) => !token.special)];
}

/** A token that is found wherever it stands. */
function plain(content: string): NewToken {
  return { content, special: true, single_word: false, lstrip: false, rstrip: false };
}

/** Reads `added_tokens_decoder`, `{"50264": {"content": "<mask>", …}}`, in the order of the ids. */
function readTokensDecoder(config: Json): NewToken[] | undefined {
  const value = ownValue(config, "added_tokens_decoder");
  if (value === undefined || value === null) return undefined;
  const name = "added_tokens_decoder of tokenizer_config.json";
  const part = new JsonPart(value, name);
  // Whole numbers are an object's first keys, in ascending order.
  return Object.keys(value).map((key) => {
    const token = readNewToken(new JsonPart(part.get(key), name));
    checkId(/^\d+$/.test(key) ? Number(key) : key, token.content, name);
    return token;
  });
}

/** Reads added_tokens.json, `{"<doc-sep>": 50265}`, in the order of the ids. */
function readAddedTokensFile(addedTokens: Json = {}): NewToken[] {
  const entries = Object.entries(addedTokens);
  for (const [content, id] of entries) checkId(id, content, "added_tokens.json");
  return entries.sort(([, a], [, b]) => Number(a) - Number(b))
    .map(([content]) => ({ ...plain(content), special: false }));
}

/** Reads a token if one of the values gives it with its flags. */
function readFlags(
  values: readonly unknown[],
  name: string,
  content: string,
): NewToken | undefined {
  const value = values.find((token) => isJsonObject(token) && token.content === content);
  return value === undefined ? undefined : readNewToken(new JsonPart(value, name));
}
