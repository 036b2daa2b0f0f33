/**
 * Continuing a text or a conversation, with what a client is told of it.
 *
 * @module
 */
import { largest } from "../base/largest.ts";
import { showValue } from "../base/show_value.ts";
import { StoppingCriteria } from "../generation/stopping_criteria.ts";
import { type StreamedTokenizer, TextStreamer } from "../generation/streamers/text_streamer.ts";
import { isSameRotation } from "../models/self_extend.ts";
import type { TextGenerationPipeline } from "../pipelines/text_generation.ts";
import { Tensor } from "../tensor/tensor.ts";
import { loadChatTemplates } from "../tokenizer/chat/load_chat_templates.ts";
import type { ChatMessage } from "../tokenizer/mod.ts";
import type { HostedMethod, MethodOptions } from "./hosted_method.ts";

/** A text or a conversation to continue. */
export type ContinueItem = { readonly prompt: string } | {
  readonly messages: readonly ChatMessage[];
};

/** What was written. */
export interface Continued {
  /** The text, without a stop string. */
  readonly text: string;
  /** Tokens of what was given. */
  readonly promptTokens: number;
  /** Tokens that were written. */
  readonly newTokens: number;
  /** Whether it came to an end; otherwise it has the most tokens that were allowed. */
  readonly isEnded: boolean;
}

/** Most rows that run together: a step of them reads each weight once. */
const MOST_ROWS = 16;

/** Settings of `generate()` that the method makes itself. */
const OWN_SETTINGS = ["input_ids", "attention_mask", "past_key_values", "return_dict_in_generate"];

/**
 * Makes the method of a pipeline. It takes the settings of `generate()`, and `add_special_tokens`.
 *
 * @param pipeline The pipeline.
 * @returns The method.
 */
export function continueText(pipeline: TextGenerationPipeline): HostedMethod {
  const { maxLength, tokenizer, model } = pipeline;
  const { rope } = model.config;
  // Positions that depend on the longest row.
  const isDynamic = rope !== undefined && !isSameRotation(model.config, 1, maxLength);
  return {
    isBounded: ({ self_extend }) => self_extend === undefined,
    mixed: MOST_ROWS,
    isAlone: ({ self_extend, seed, do_sample }) =>
      isDynamic || self_extend !== undefined || do_sample === true && seed !== undefined,
    prepare: loadChatTemplates,
    count: (item, options) => promptIds(pipeline, item as ContinueItem, options).length,
    check: (tokens, options) => {
      const most = mostIds(options, tokens, maxLength);
      if (options.self_extend === undefined && most > maxLength - tokens) {
        throw new RangeError(
          `Cannot write ${most} tokens behind ${tokens}: at most ${maxLength} fit the ` +
            "model together; wanted a shorter text, or fewer new tokens",
        );
      }
      for (const name of ["num_return_sequences", "num_beams"]) {
        if ((options[name] ?? 1) === 1) continue;
        throw new RangeError(
          `Cannot continue a text with ${name} ${showValue(options[name])}: wanted 1`,
        );
      }
      const own = OWN_SETTINGS.find((name) => options[name]);
      if (own !== undefined) throw new TypeError(`Cannot continue a text with ${own}`);
    },
    run: async (items, given, { signal, onText, isCancelled }) => {
      const { add_special_tokens: _, max_new_tokens, max_length, ...options } = given;
      const prompts = items.map((item) => promptIds(pipeline, item as ContinueItem, given));
      const rows = prompts.map((ids, i) =>
        new WrittenRow(tokenizer, ids, given, (text) => onText(i, text))
      );
      const width = largest(prompts.map(({ length }) => length));
      const input = (fill: number, valueOf: (id: number) => number) =>
        new Tensor(
          "int64",
          BigInt64Array.from(
            prompts.flatMap((ids) => [
              ...Array<bigint>(width - ids.length).fill(BigInt(fill)),
              ...ids.map((id) => BigInt(valueOf(id))),
            ]),
          ),
          [prompts.length, width],
        );
      await model.generate({
        tokenizer,
        ...options,
        // Alone, or with others of the same length.
        ...(prompts.length === 1 || max_new_tokens !== undefined
          ? { max_new_tokens: mostIds(given, width, maxLength) }
          : { max_length: Number(max_length ?? maxLength) }),
        num_beams: 1,
        input_ids: input(model.config.pad_token_id ?? 0, (id) => id),
        attention_mask: input(0, () => 1),
        stopping_criteria: new WrittenRows(rows, isCancelled),
        signal,
      }, "text-generation");
      return rows.map((row) => row.end(mostIds(given, row.promptTokens, maxLength)));
    },
  };
}

/** Most ids that are written behind a prompt of so many. */
function mostIds(
  { max_new_tokens, max_length }: MethodOptions,
  prompt: number,
  longest: number,
): number {
  return Number(max_new_tokens ?? Math.max(1, Number(max_length ?? longest) - prompt));
}

function promptIds(
  { tokenizer }: TextGenerationPipeline,
  item: ContinueItem,
  { add_special_tokens }: MethodOptions,
): number[] {
  if ("prompt" in item) {
    const { add_bos_token, add_eos_token } = tokenizer;
    const ids = tokenizer.encode(item.prompt, {
      add_special_tokens: Boolean(add_special_tokens ?? (add_bos_token || add_eos_token)),
    });
    if (ids.length > 0) return ids;
    throw new RangeError("Cannot continue an empty text: the tokenizer adds no token to it");
  }
  const text = tokenizer.apply_chat_template(item.messages, {
    add_generation_prompt: true,
    tokenize: false,
  });
  return tokenizer.encode(text, { add_special_tokens: false });
}

/** A row that grows, and its text. */
class WrittenRow {
  readonly promptTokens: number;
  readonly #held: HeldText;
  readonly #streamer: TextStreamer;
  readonly #special: readonly number[];
  #tokens = 0;
  #last = -1;

  constructor(
    tokenizer: StreamedTokenizer,
    prompt: readonly number[],
    { stop_strings }: MethodOptions,
    onText: (text: string) => void,
  ) {
    this.promptTokens = prompt.length;
    this.#special = tokenizer.all_special_ids ?? [];
    this.#held = new HeldText([stop_strings as string[] | undefined ?? []].flat(), onText);
    this.#streamer = new TextStreamer(tokenizer, {
      callback_function: (text) => this.#held.add(text),
      skip_prompt: true,
    });
    this.#streamer.put([prompt.map(BigInt)]);
  }

  /** Takes the ids of the row after a step; those of a row that has ended are the same as before. */
  read(ids: readonly bigint[]): void {
    for (const id of ids.slice(this.promptTokens + this.#tokens)) {
      this.#tokens++;
      this.#last = Number(id);
      this.#streamer.put([[id]]);
    }
  }

  /** Gives out the rest. */
  end(most: number): Continued {
    this.#streamer.end();
    this.#held.end();
    const isEnded = this.#tokens < most || this.#held.isStopped ||
      this.#special.includes(this.#last);
    const { promptTokens } = this;
    return { text: this.#held.text, promptTokens, newTokens: this.#tokens, isEnded };
  }
}

/** Reads what rows were continued by, and ends those that nobody wants. */
class WrittenRows extends StoppingCriteria {
  constructor(
    readonly rows: readonly WrittenRow[],
    readonly isCancelled: (row: number) => boolean,
  ) {
    super(false);
  }

  override _call(input_ids: bigint[][]): boolean[] {
    return this.rows.map((row, i) => {
      row.read(input_ids[i]);
      return this.isCancelled(i);
    });
  }
}

/** Gives out a text up to the first stop string, of which not even a beginning comes out. */
export class HeldText {
  readonly #stops: readonly string[];
  readonly #give: (text: string) => void;
  #all = "";
  #given = 0;
  /** Whether a stop string came. */
  isStopped = false;

  /**
   * Begins a text.
   *
   * @param stops The stop strings.
   * @param give Called with pieces.
   */
  constructor(stops: readonly string[], give: (text: string) => void) {
    this.#stops = stops.filter((stop) => stop !== "");
    this.#give = give;
  }

  /** The text so far, without a stop string. */
  get text(): string {
    return this.#all;
  }

  /**
   * Adds a piece.
   *
   * @param piece The piece.
   */
  add(piece: string): void {
    if (this.isStopped) return;
    this.#all += piece;
    const found = this.#stops.map((stop) => this.#all.indexOf(stop)).filter((at) => at >= 0);
    if (found.length > 0) {
      this.#all = this.#all.slice(0, Math.min(...found));
      this.isStopped = true;
      this.end();
      return;
    }
    this.#giveUpTo(this.#all.length - this.#beginning());
  }

  /** Gives out the rest. */
  end(): void {
    this.#giveUpTo(this.#all.length);
  }

  #giveUpTo(end: number): void {
    if (end <= this.#given) return;
    this.#give(this.#all.slice(this.#given, end));
    this.#given = end;
  }

  /** Characters at the end that could begin a stop string. */
  #beginning(): number {
    const longest = this.#stops.reduce((length, stop) => Math.max(length, stop.length), 0);
    for (let count = Math.min(longest - 1, this.#all.length); count > 0; count--) {
      const end = this.#all.slice(-count);
      if (this.#stops.some((stop) => stop.startsWith(end))) return count;
    }
    return 0;
  }
}
