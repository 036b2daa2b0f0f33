/**
 * Continues texts and conversations.
 *
 * @module
 */
import { largest } from "../base/largest.ts";
import { showValue } from "../base/show_value.ts";
import type { DecoderGenerateInputs, DecoderLM } from "../generation/decoder_lm.ts";
import type { ChatMessage, EncodedRow } from "../tokenizer/mod.ts";
import { loadChatTemplates } from "../tokenizer/chat/load_chat_templates.ts";
import { padRows } from "../tokenizer/pad_rows.ts";
import { stackRows } from "../tokenizer/stack_rows.ts";
import { batchRows, defaultLength, laterSeed } from "./generation_batches.ts";
import { GeneratedTexts } from "./generated_texts.ts";
import { TextPipeline } from "./text_pipeline.ts";
import {
  type ChatOptions,
  type ContinuationOptions,
  splitOptions,
  type TextGenerationOptions,
} from "./text_generation_options.ts";
import { type Conversation, readPrompts } from "./text_generation_prompts.ts";

/** A text that was continued, with transformers.js's name. */
export interface TextGenerationResult {
  /** The text. */
  readonly generated_text: string;
}

/** A conversation that was continued, with transformers.js's name. */
export interface ChatGenerationResult {
  /** The messages, the assistant's answer behind them. */
  readonly generated_text: ChatMessage[];
}

/** Call signature of the pipeline: `generator(texts, options)`. */
export interface TextGenerationPipeline {
  /** Continues a text: `num_return_sequences` results. */
  (text: string, options?: TextGenerationOptions): Promise<TextGenerationResult[]>;
  /** Continues texts: a list of results for each. */
  (texts: readonly string[], options?: TextGenerationOptions): Promise<TextGenerationResult[][]>;
  /** Answers a conversation. */
  (messages: Conversation, options?: TextGenerationOptions): Promise<ChatGenerationResult[]>;
  /** Answers conversations. */
  (
    chats: readonly Conversation[],
    options?: TextGenerationOptions,
  ): Promise<ChatGenerationResult[][]>;
}

const TASK = "text-generation";

/**
 * Continues texts and conversations, like transformers.js's pipeline of that name, with beams as in
 * Python and Self-Extend.
 *
 * @example A conversation, word by word
 * ```ts
 * import { pipeline, TextStreamer } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * using generator = await pipeline("text-generation", "HuggingFaceTB/SmolLM2-135M-Instruct");
 * const words: string[] = [];
 * const streamer = new TextStreamer(generator.tokenizer, {
 *   skip_prompt: true,
 *   callback_function: (text) => words.push(text),
 * });
 * const messages = [{ role: "user", content: "Who left Bath?" }];
 * const [{ generated_text }] = await generator(messages, { max_new_tokens: 20, streamer });
 * assertEquals(generated_text.at(-1), { role: "assistant", content: words.join("") });
 * ```
 *
 * @example Texts, and Self-Extend for one that is longer than the model was trained on
 * ```ts
 * import { pipeline } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * using generator = await pipeline("text-generation", "HuggingFaceTB/SmolLM2-135M-Instruct");
 * const results = await generator(["The sea", "A river"], {
 *   max_new_tokens: 8,
 *   return_full_text: false,
 *   self_extend: "auto",
 * });
 * assertEquals(results.length, 2);
 * ```
 */
export class TextGenerationPipeline extends TextPipeline<DecoderLM> {
  /**
   * Continues texts or conversations.
   *
   * @param given A text, texts, a conversation or conversations.
   * @param options Settings of `generate()`, and options of every call.
   * @returns A record for each returned sequence; of several texts or conversations a list for each.
   * @throws {TypeError} If an option is unknown or of the wrong type, or there is no chat template.
   * @throws {RangeError} If an option is out of range, or the template refuses a conversation.
   * @throws `options.signal.reason` If that signal aborts.
   */
  override async _call(
    given: string | readonly string[] | Conversation | readonly Conversation[],
    options: TextGenerationOptions = {},
  ): Promise<
    | (TextGenerationResult | ChatGenerationResult)[]
    | (TextGenerationResult | ChatGenerationResult)[][]
  > {
    const { texts, chats, isOne } = readPrompts(given);
    const { own, chat, settings } = splitOptions(options, chats !== undefined);
    if (chats) await loadChatTemplates();
    const prompts = texts ?? chats.map((messages) => this.#write(messages, chat, own));
    const rows = this.#encode(prompts, own, chats !== undefined);
    const written = await this.#generate(rows, settings, own);
    const results = written.map((list, i) =>
      list.map((text) => {
        if (!chats) {
          return { generated_text: (own.return_full_text ?? true) ? text.full : text.added };
        }
        const continues = own.tokenizer_encode_kwargs?.continue_final_message === true;
        return { generated_text: addAnswer(chats[i], text.added, continues) };
      })
    );
    return isOne ? results[0] : results;
  }

  /** The text of a conversation, up to where the answer begins. */
  #write(
    messages: Conversation,
    chat: ChatOptions,
    { tokenizer_encode_kwargs }: ContinuationOptions,
  ): string {
    return this.tokenizer.apply_chat_template(messages, {
      add_generation_prompt: tokenizer_encode_kwargs?.continue_final_message !== true,
      ...chat,
      ...tokenizer_encode_kwargs,
      tokenize: false,
    });
  }

  #encode(texts: readonly string[], own: ContinuationOptions, isChat: boolean): EncodedRow[] {
    const { add_bos_token, add_eos_token } = this.tokenizer;
    const rows = this.tokenizer._encodeRows([...texts], {
      // A template writes them itself.
      add_special_tokens: !isChat && (own.add_special_tokens ?? (add_bos_token || add_eos_token)),
      ...(own.truncation && { truncation: true, max_length: this.maxLength }),
      ...(!isChat && own.tokenizer_encode_kwargs),
      padding: false,
      return_token_type_ids: false,
    });
    const empty = rows.findIndex(({ ids }) => ids.length === 0);
    if (empty < 0) return rows;
    throw new RangeError(
      `Cannot continue text ${empty}: it is empty, and the tokenizer adds no token; wanted ` +
        "add_special_tokens, or a text",
    );
  }

  /** What was written for each row, with the row in front and without. */
  async #generate(
    rows: readonly EncodedRow[],
    settings: DecoderGenerateInputs,
    { clean_up_tokenization_spaces }: ContinuationOptions,
  ): Promise<{ full: string; added: string }[][]> {
    const { config } = this.model;
    const sources = { given: settings, own: this.model.settingsOf(TASK) };
    const texts = new GeneratedTexts(this.tokenizer, sources, {
      skip_special_tokens: true,
      clean_up_tokenization_spaces: clean_up_tokenization_spaces ?? undefined,
    });
    const bytes = 2 * config.num_hidden_layers * config.hidden_size *
      Float32Array.BYTES_PER_ELEMENT;
    const written: { full: string; added: string }[][] = [];
    let count = 0;
    for (const [first, size] of batchRows(rows, bytes, Boolean(settings.streamer))) {
      const batch = rows.slice(first, first + size);
      const width = largest(batch.map(({ ids }) => ids.length));
      const padding = { id: config.pad_token_id ?? 0, side: "left" } as const;
      const { input_ids, attention_mask } = stackRows(padRows(batch, width, padding));
      const sequences = await this.model.generate({
        tokenizer: this.tokenizer,
        ...settings,
        ...defaultLength(sources, config.rope ? Infinity : this.model.maxLength - width),
        ...laterSeed(sources, first, count),
        input_ids,
        attention_mask,
        return_dict_in_generate: false,
      }, TASK);
      const lists = sequences.tolist() as bigint[][];
      count += lists.length;
      const each = lists.length / size;
      batch.forEach(({ ids }, i) => {
        const own = lists.slice(i * each, (i + 1) * each);
        written.push(own.map((row) => texts.read(row.map(Number), width, ids.length)));
      });
    }
    return written;
  }
}

/** The messages, with the answer behind them, or at the end of the last one. */
function addAnswer(messages: Conversation, answer: string, continues: boolean): ChatMessage[] {
  const last = messages[messages.length - 1];
  if (!continues) return [...messages, { role: "assistant", content: answer }];
  if (typeof last.content !== "string") {
    throw new TypeError(
      `Cannot continue the last message, ${showValue(last.content)}: wanted a text`,
    );
  }
  return [...messages.slice(0, -1), { ...last, content: last.content + answer }];
}
