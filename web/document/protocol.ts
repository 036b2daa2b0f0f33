/**
 * What the page and its worker say to each other.
 *
 * @module
 */

/** Which model reads the text, where and how. */
export interface Settings {
  /** Name on the hub; "" for the model that is served beside the page. */
  readonly model: string;
  /** The device. */
  readonly device: "auto" | "webgpu" | "wasm";
  /** Most tokens that are read. */
  readonly tokens: number;
  /** The attention; a checkpoint made for long texts keeps its own instead of LSG. */
  readonly attention: "lsg" | "full";
}

/** Hides words of a text and fills them. */
export interface FillRequest extends Settings {
  readonly task: "fill";
  readonly text: string;
  /** Words to hide, unless the text has mask tokens itself. */
  readonly hidden: number;
  /** Seed of the choice of words. */
  readonly seed: number;
}

/** Searches the passages of a text. */
export interface SearchRequest extends Settings {
  readonly task: "search";
  readonly text: string;
  readonly query: string;
}

/** Measures a pass at growing lengths, with LSG and with full attention. */
export interface CompareRequest extends Settings {
  readonly task: "compare";
  readonly text: string;
  /** The lengths in tokens, ascending. */
  readonly lengths: readonly number[];
}

/** What a worker is asked for. */
export type Job = FillRequest | SearchRequest | CompareRequest;

/** What a run cost. */
export interface Figures {
  /** Name of the model, device, and its threads if it runs on the processor. */
  readonly model: string;
  readonly device: string;
  readonly threads?: number;
  /** The attention that ran. */
  readonly attention: string;
  /** Tokens that were read, without those that fill up a batch. */
  readonly tokens: number;
  /** Seconds without loading. */
  readonly seconds: number;
  /** Most bytes of weights and tensors at a time. */
  readonly bytes: number;
}

/** A hidden word and what the model makes of it. */
export interface FilledWord {
  /** Its range in the text. */
  readonly start: number;
  readonly end: number;
  /** The hidden word; absent if the text has a mask token here. */
  readonly word?: string;
  /** The model's words, best first, with their probabilities. */
  readonly guesses: readonly { readonly word: string; readonly probability: number }[];
}

/** Result of {@linkcode FillRequest}. */
export interface FillResult extends Figures {
  readonly task: "fill";
  readonly words: readonly FilledWord[];
  /** Where the read part of the text ends. */
  readonly end: number;
}

/** A passage of a text. */
export interface Passage {
  /** Its range in the text. */
  readonly start: number;
  readonly end: number;
}

/** Result of {@linkcode SearchRequest}. */
export interface SearchResult extends Figures {
  readonly task: "search";
  /** How passages are compared with the query. */
  readonly method: "words" | "vectors";
  /** Number of passages. */
  readonly passages: number;
  /** Whether they had been embedded before, so that the figures are the query's alone. */
  readonly isKnown: boolean;
  /** The best passages, best first. */
  readonly found: readonly (Passage & { readonly score: number })[];
  /** Where the embedded part of the text ends. */
  readonly end: number;
}

/** One pass of a comparison. */
export interface ComparedPass extends Figures {
  readonly task: "compare";
}

/** What a worker answers, with the job's number. */
export type Report =
  | { readonly job: number; readonly progress: string; readonly share?: number }
  | { readonly job: number; readonly pass: ComparedPass }
  | { readonly job: number; readonly result?: FillResult | SearchResult }
  | { readonly job: number; readonly error: { readonly name: string; readonly message: string } };

/** What the page posts: a job, or the number of one to stop. */
export type Order = { readonly job: number; readonly request: Job } | { readonly stop: number };
