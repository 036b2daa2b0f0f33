/**
 * A conversation whose keys and values are kept from turn to turn.
 *
 * @module
 */
import type { GenerationSettings } from "../generation/settings.ts";
import type { GenerationCache } from "../generation/generation_cache.ts";
import type { DecoderLM } from "../generation/decoder_lm.ts";
import { InterruptableStoppingCriteria } from "../generation/stopping_criteria.ts";
import type { BaseStreamer } from "../generation/streamers/base_streamer.ts";
import {
  selfExtendFor,
  type SelfExtendOption,
  type SelfExtendSettings,
  trainedLength,
} from "../models/self_extend.ts";
import { longestExtended } from "../attention/self_extend/self_extend_settings.ts";
import type { ChatMessage, PreTrainedTokenizer } from "../tokenizer/mod.ts";

/** What a conversation needs. */
export interface ChatParts {
  /** The tokenizer; its chat template, or the one below, writes the conversation. */
  readonly tokenizer: PreTrainedTokenizer;
  /** The model. */
  readonly model: DecoderLM;
  /** A template instead of the tokenizer's. */
  readonly chatTemplate?: string;
  /** Settings of each answer, without lengths but `max_new_tokens`. */
  readonly settings: GenerationSettings & { readonly max_new_tokens: number };
  /** Self-Extend of the command line. */
  readonly selfExtend?: SelfExtendOption;
}

/** A conversation. An answer reads only what the ones before it did not. */
export class ChatSession implements Disposable {
  readonly #parts: ChatParts;
  #messages: ChatMessage[] = [];
  #cache: GenerationCache | undefined;
  #extend: SelfExtendSettings | undefined;
  #turns = 0;
  #read = 0;

  /**
   * Begins a conversation.
   *
   * @param parts Model, tokenizer, settings.
   * @param system What the model is told before it.
   */
  constructor(parts: ChatParts, system?: string) {
    this.#parts = parts;
    this.reset(system);
  }

  /** The messages. */
  get messages(): readonly ChatMessage[] {
    return this.#messages;
  }

  /** How many ids the last turn had to read. */
  get read(): number {
    return this.#read;
  }

  /**
   * Forgets the conversation.
   *
   * @param system What the model is told before the next; absent: nothing.
   */
  reset(system?: string): void {
    this.#messages = system === undefined ? [] : [{ role: "system", content: system }];
    this.#forgetKeys();
  }

  /**
   * Answers a message.
   *
   * @param content The message.
   * @param streamer Receives the ids; the text that it gives out must reach `answered`.
   * @param answered Gives the answer's text, after the last id.
   * @param signal Ends the answer early when it aborts; the answer then has what was written.
   * @throws {RangeError} If the template refuses the conversation, or it is too long; the message
   * is then forgotten.
   */
  async say(
    content: string,
    streamer: BaseStreamer,
    answered: () => string,
    signal?: AbortSignal,
  ): Promise<void> {
    const messages = [...this.#messages, { role: "user", content }];
    const { tokenizer, chatTemplate: chat_template } = this.#parts;
    const ids = tokenizer.apply_chat_template(messages, {
      ...{ chat_template, add_generation_prompt: true },
      ...{ return_tensor: false, return_dict: false },
    });
    await this.#generate(ids, streamer, signal);
    this.#messages = [...messages, { role: "assistant", content: answered() }];
    this.#turns++;
  }

  async #generate(
    ids: readonly number[],
    streamer: BaseStreamer,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { model, settings, tokenizer } = this.#parts;
    const self_extend = this.#chooseSelfExtend(ids.length + settings.max_new_tokens);
    if (this.#cache && !extendsRow(ids, this.#cache.rows[0])) this.#forgetKeys();
    const held = this.#cache;
    const stopping_criteria = new InterruptableStoppingCriteria();
    const stop = () => stopping_criteria.interrupt();
    signal?.addEventListener("abort", stop);
    if (signal?.aborted) stop();
    this.#read = ids.length - (held?.rows[0].length ?? 0);
    // A call that fails disposes of the keys and values.
    this.#cache = undefined;
    try {
      const { past_key_values } = await model.generate({
        tokenizer,
        ...settings,
        ...(typeof settings.seed === "number" && { seed: (settings.seed + this.#turns) >>> 0 }),
        ...(self_extend !== undefined && { self_extend }),
        input_ids: [ids],
        attention_mask: [ids.map(() => 1)],
        streamer,
        stopping_criteria,
        past_key_values: held,
        return_dict_in_generate: true,
      }, "text-generation");
      this.#cache = past_key_values;
    } catch (error) {
      held?.dispose();
      throw error;
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  }

  /**
   * With `auto`, settings that will do for twice as long, so that keys are rarely rotated again: what
   * they do not suit is read anew.
   */
  #chooseSelfExtend(longest: number): SelfExtendOption | undefined {
    const { model: { config }, selfExtend } = this.#parts;
    if (selfExtend !== "auto") return selfExtend;
    const trained = trainedLength(config);
    const fits = longest <= (this.#extend ? longestExtended(trained, this.#extend) : trained);
    if (!fits) {
      this.#forgetKeys();
      this.#extend = selfExtendFor(config, 2 * longest, "auto");
    }
    return this.#extend ?? null;
  }

  #forgetKeys(): void {
    this.#cache?.dispose();
    this.#cache = undefined;
    this.#extend = undefined;
  }

  /** Releases the keys and values. */
  [Symbol.dispose](): void {
    this.#forgetKeys();
  }
}

/** Whether ids begin with a row and are longer. */
function extendsRow(ids: readonly number[], row: readonly number[]): boolean {
  return ids.length > row.length && row.every((id, i) => ids[i] === id);
}
