/**
 * What an index says of the model that made it, so that a search asks the same one.
 *
 * @module
 */
import { isJsonObject } from "../base/json.ts";
import { showName, showValue } from "../base/show_value.ts";
import type { CheckpointSource } from "../checkpoint/source.ts";
import { hashModel } from "../hub/hash_model.ts";
import { revisionOf } from "../hub/revision_of.ts";
import type { ModelValues } from "./model_options.ts";

/** Options that change embeddings, with their types. */
const OPTIONS = {
  pooling: "string",
  normalize: "boolean",
  prompt: "string",
  prompt_name: "string",
  dtype: "string",
  seed: "number",
  max_sequence_length: "number",
  block_size: "number",
  sparse_block_size: "number",
  sparsity_factor: "number",
  sparsity_type: "string",
  num_global_tokens: "number",
  lsh_num_pre_rounds: "number",
  mask_first_token: "boolean",
  pool_with_global: "boolean",
  adaptive: "boolean",
} as const;

/** The types by their names. */
interface Types {
  readonly string: string;
  readonly number: number;
  readonly boolean: boolean;
}

/** Values of the options that change embeddings; absent: as the checkpoint says. */
export type EncoderOptions = {
  readonly [Name in keyof typeof OPTIONS]?: Types[typeof OPTIONS[Name]];
};

/** A model, and the options that it was called with. */
export interface Encoder {
  /** Name of the checkpoint: a folder, `owner/name` or a URL. */
  readonly model: string;
  /** Commit of a model from the hub. */
  readonly revision?: string;
  /**
   * SHA-256 of the model's files; of a model from a server, of its config: weights that change at a URL
   * are not noticed.
   */
  readonly hash: string;
  /** Options that differ from the command's defaults. */
  readonly options: EncoderOptions;
}

/** Values of the command's options. */
export type EncoderValues = Pick<ModelValues, keyof typeof OPTIONS & keyof ModelValues> & {
  readonly pooling?: string;
  readonly normalize?: boolean;
  readonly prompt?: string;
  readonly prompt_name?: string;
};

/**
 * Describes a model and its options.
 *
 * @param model Name of the checkpoint, as it was given.
 * @param source Its files.
 * @param values Values of the command's options.
 * @returns The description.
 */
export async function describeEncoder(
  model: string,
  source: CheckpointSource,
  values: EncoderValues,
): Promise<Encoder> {
  const names = Object.keys(OPTIONS) as (keyof typeof OPTIONS)[];
  const isDefault = (name: string) =>
    values[name as keyof EncoderValues] === undefined ||
    name === "dtype" && values.dtype === "fp32" || name === "seed" && values.seed === 0;
  const given = names.filter((name) => !isDefault(name)).map((name) => [name, values[name]]);
  const hash = await hashModel(source);
  const revision = revisionOf(model, source);
  return {
    model,
    ...(revision !== undefined && { revision }),
    hash,
    options: Object.fromEntries(given),
  };
}

/**
 * Reads the description in an index.
 *
 * @param given The parsed JSON, which is untrusted.
 * @param where Where it stands, for the message.
 * @returns The description.
 * @throws {TypeError} If it is malformed.
 */
export function parseEncoder(given: unknown, where: string): Encoder {
  const fail = (wanted: string, value: unknown) => {
    throw new TypeError(
      `Cannot read the encoder of ${showName(where)}: wanted ${wanted}, got ${showValue(value)}`,
    );
  };
  if (!isJsonObject(given)) return fail("an object", given) as never;
  const { model, hash, revision, options = {} } = given;
  if (typeof model !== "string" || model === "") fail("the name of a model", model);
  if (typeof hash !== "string" || !/^[0-9a-f]{64}$/.test(hash)) fail("a hash of the model", hash);
  if (revision !== undefined && typeof revision !== "string") fail("a revision", revision);
  if (!isJsonObject(options)) return fail("options", options) as never;
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(OPTIONS, name)) fail("known options", name);
    const [wanted, got] = [OPTIONS[name as keyof typeof OPTIONS], typeof value];
    if (got !== wanted) fail(`${name} of type ${wanted}`, value);
  }
  return { model, hash, revision, options } as Encoder;
}
