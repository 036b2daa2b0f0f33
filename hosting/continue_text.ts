/**
 * Continuing a text or a conversation, with what a client is told of it.
 *
 * @module
 */
import { TextStreamer, type TextStreamerOptions } from "../generation/streamers/text_streamer.ts";
import type { StreamedTokenizer } from "../generation/streamers/text_streamer.ts";
import type { TextGenerationPipeline } from "../pipelines/text_generation.ts";
import { loadChatTemplates } from "../tokenizer/chat/load_chat_templates.ts";
import type { ChatMessage } from "../tokenizer/mod.ts";
import type { HostedMethod } from "./hosted_method.ts";

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

/** Counts tokens beside their text. */
class CountingStreamer extends TextStreamer {
  readonly counts: number[] = [];
  last = -1;

  constructor(tokenizer: StreamedTokenizer, options: TextStreamerOptions) {
    super(tokenizer, { ...options, skip_prompt: true });
  }

  override put(value: bigint[][]): void {
    this.counts.push(value[0].length);
    this.last = Number(value[0].at(-1));
    super.put(value);
  }
}

/**
 * Makes the method of a pipeline. It takes one item at a time, and the settings of `generate()`.
 *
 * @param pipeline The pipeline.
 * @returns The method.
 */
export function continueText(pipeline: TextGenerationPipeline): HostedMethod {
  const { tokenizer } = pipeline;
  return {
    isBounded: false,
    isSingle: true,
    prepare: loadChatTemplates,
    count: (item) => promptIds(pipeline, item as ContinueItem).length,
    run: async ([item], { stop_strings, max_new_tokens, ...options }, { signal, onText }) => {
      const prompt = promptIds(pipeline, item as ContinueItem).length;
      const room = pipeline.maxLength - prompt;
      const most = (max_new_tokens as number | undefined) ?? Math.max(1, room);
      if (options.self_extend === undefined && most > room) {
        throw new RangeError(
          `Cannot write ${most} tokens behind ${prompt}: at most ${pipeline.maxLength} fit the ` +
            "model together; wanted a shorter text, or fewer new tokens",
        );
      }
      const stops = (stop_strings as readonly string[] | undefined) ?? [];
      const held = new HeldText(stops, onText ?? (() => {}));
      const streamer = new CountingStreamer(tokenizer, {
        callback_function: (text) => held.add(text),
      });
      const given = item as ContinueItem;
      await pipeline(
        ("prompt" in given ? given.prompt : given.messages) as string,
        {
          ...options,
          ...(stops.length > 0 && { stop_strings: stops }),
          max_new_tokens: most,
          num_beams: 1,
          streamer,
          signal,
        },
      );
      held.end();
      const newTokens = streamer.counts.slice(1).reduce((sum, count) => sum + count, 0);
      const isEnded = newTokens < most || held.isStopped ||
        tokenizer.all_special_ids.includes(streamer.last);
      return [{ text: held.text, promptTokens: prompt, newTokens, isEnded } satisfies Continued];
    },
  };
}

function promptIds(pipeline: TextGenerationPipeline, item: ContinueItem): number[] {
  const { tokenizer } = pipeline;
  if ("prompt" in item) {
    const { add_bos_token, add_eos_token } = tokenizer;
    return tokenizer.encode(item.prompt, { add_special_tokens: add_bos_token || add_eos_token });
  }
  const text = tokenizer.apply_chat_template(item.messages, {
    add_generation_prompt: true,
    tokenize: false,
  });
  return tokenizer.encode(text, { add_special_tokens: false });
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
