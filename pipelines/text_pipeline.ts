/**
 * What all pipelines share: texts to rows of ids, rows to scores.
 *
 * @module
 */
import type { Floats } from "../ops/backend.ts";
import type { ModelInputs, PreTrainedModel } from "../models/mod.ts";
import { Callable } from "../base/callable.ts";
import type { PreTrainedTokenizer, TruncationStrategy } from "../tokenizer/mod.ts";
import { CALLBACK, FLAG, type OptionCheck } from "../base/check_options.ts";
import { groupByLength } from "./group_by_length.ts";

/** Options of every call. */
export interface CallOptions {
  /** Cut texts that are longer than the model; absent: they are an error. */
  readonly truncation?: boolean;
  /** Called after each layer of each group of texts, for showing progress. */
  readonly layer_callback?: ModelInputs["layer_callback"];
}

/** What they may be. */
export const CALL_OPTIONS: { readonly [Name in keyof Required<CallOptions>]: OptionCheck } = {
  truncation: FLAG,
  layer_callback: CALLBACK,
};

/** What a model gets of a text or a pair, all of one length. */
export interface TokenRow {
  /** The tokens' numbers in the vocabulary. */
  readonly input_ids: readonly number[];
  /** Which text of a pair a token is from, for models that are told. */
  readonly token_type_ids?: readonly number[];
}

/** A row, and where its tokens are from. */
export interface EncodedText extends TokenRow {
  /** 1 for special tokens. */
  readonly special_tokens_mask: readonly number[];
  /** Start and end of each token in the text, in UTF-16 code units. */
  readonly offset_mapping: readonly (readonly [number, number])[];
}

/** Without LSG, lengths that round up to the same multiple of this run together. */
const SIMILAR = 16;

/** Tokens of a group: two long documents, or many short ones. */
const ROOM = 8192;

/** A tokenizer and a model that do a task together. */
export abstract class TextPipeline<Model extends PreTrainedModel<unknown>> extends Callable {
  /** Text to ids and back. */
  readonly tokenizer: PreTrainedTokenizer;
  /** What computes scores. */
  readonly model: Model;

  /**
   * Puts a pipeline together.
   *
   * @param tokenizer Text to ids and back.
   * @param model What computes scores; the pipeline disposes of it.
   */
  constructor(tokenizer: PreTrainedTokenizer, model: Model) {
    super();
    this.tokenizer = tokenizer;
    this.model = model;
  }

  /** The longest text that both the tokenizer and the position table take, in tokens. */
  get maxLength(): number {
    return Math.min(this.tokenizer.model_max_length, this.model.maxLength);
  }

  /** Gives the model's memory back. */
  dispose(): void {
    this.model.dispose();
  }

  /**
   * Texts to rows of ids.
   *
   * @param texts The texts.
   * @param truncation Whether long ones are cut; of a pair, which.
   * @param seconds For each text the second ones that it is paired with; without them it is alone.
   * @returns A row for each text, or for each pair.
   * @throws {TypeError} If one is no string.
   * @throws {RangeError} If there are none, one is too long or has no token at all.
   */
  protected encode(
    texts: readonly string[],
    truncation: boolean | TruncationStrategy,
    seconds?: readonly (readonly string[])[],
  ): EncodedText[] {
    const owners = texts.flatMap((_, text) => seconds?.[text].map(() => text) ?? text);
    const { input_ids, token_type_ids, special_tokens_mask, offset_mapping } = this.tokenizer(
      owners.map((text) => texts[text]),
      {
        ...(seconds && { text_pair: seconds.flat() }),
        ...(truncation && { truncation, max_length: this.maxLength }),
        return_tensor: false,
        return_special_tokens_mask: true,
        return_offsets_mapping: true,
      },
    );
    input_ids.forEach((ids, i) => checkLength(ids.length, this.maxLength, owners[i]));
    return input_ids.map((ids, i) => ({
      input_ids: ids,
      ...(token_type_ids && { token_type_ids: token_type_ids[i] }),
      special_tokens_mask: special_tokens_mask![i],
      offset_mapping: offset_mapping![i],
    }));
  }

  /**
   * Runs the model on rows: those of similar length together, padded behind, with LSG within a
   * number of blocks.
   *
   * @param rows The rows, in any order.
   * @param options What is called after each layer.
   * @param forward Runs the model on a batch that is made of the rows at some places, and gives
   * tensors `[batch, …]`.
   * @param read Makes a result of the place of a row and its part of each tensor.
   * @returns The results, in the order of the rows.
   */
  protected async run<Result>(
    rows: readonly TokenRow[],
    { layer_callback }: CallOptions,
    forward: (inputs: ModelInputs, places: readonly number[]) => Promise<readonly Floats[]>,
    read: (place: number, ...values: Float32Array[]) => Result,
  ): Promise<Result[]> {
    const { lsg, pad_token_id } = this.model.config;
    const block = lsg?.block_size ?? SIMILAR;
    const results: Result[] = new Array(rows.length);
    for (const places of groupByLength(rows.map((row) => row.input_ids.length), block, ROOM)) {
      const group = places.map((place) => rows[place]);
      const longest = Math.max(...group.map((row) => row.input_ids.length));
      // Not adaptive: the model takes whole blocks only.
      const length = lsg && !lsg.adaptive ? Math.ceil(longest / block) * block : longest;
      const inputs = { ...padRows(group, length, pad_token_id), layer_callback };
      const tensors = await forward(inputs, places);
      const values = await Promise.all(tensors.map((tensor) => tensor.getData()));
      tensors.forEach((tensor) => tensor.dispose());
      const partOf = (all: Float32Array, i: number) => {
        const size = all.length / places.length;
        return all.subarray(i * size, (i + 1) * size);
      };
      places.forEach((place, i) => {
        results[place] = read(place, ...values.map((all) => partOf(all, i)));
      });
    }
    return results;
  }
}

function checkLength(length: number, most: number, text: number): void {
  if (length === 0) {
    throw new RangeError(`Cannot run text ${text}: it is empty, and the tokenizer adds no token`);
  }
  if (length <= most) return;
  throw new RangeError(
    `Cannot run text ${text}: it has ${length} tokens, at most ${most} fit the model; wanted ` +
      "the option truncation, or a model converted to LSG with a max_sequence_length that holds it",
  );
}

/** `[batch, length]`; padding is behind, so that it moves no token. */
function padRows(rows: readonly TokenRow[], length: number, padId: number): ModelInputs {
  const padded = (values: readonly number[], filling: number) => [
    ...values,
    ...new Array<number>(length - values.length).fill(filling),
  ];
  const hasTypes = rows.every((row) => row.token_type_ids);
  return {
    input_ids: rows.map((row) => padded(row.input_ids, padId)),
    attention_mask: rows.map((row) => padded(row.input_ids.map(() => 1), 0)),
    ...(hasTypes && { token_type_ids: rows.map((row) => padded(row.token_type_ids!, 0)) }),
  };
}
