/**
 * What a batch is: its model, its documents, its options.
 *
 * @module
 */
import { isJsonObject } from "../base/json.ts";
import { nodeModule } from "../base/node_module.ts";
import { showName, showValue } from "../base/show_value.ts";
import { HOSTED_TASKS, type HostedTask } from "../hosting/tasks.ts";
import { isCount, isHash, isText } from "./json_values.ts";

/** Formats of results. */
export const RESULT_FORMATS: readonly ResultFormat[] = ["jsonl", "npy", "parquet"];

/** A format of results. */
export type ResultFormat = "jsonl" | "npy" | "parquet";

/** Kinds of inputs. */
const INPUT_KINDS: readonly BatchInput["kind"][] = ["files", "jsonl", "parquet", "openai"];

/** The model of a batch. */
export interface BatchModel {
  /** A folder's path, `owner/name` or a URL. */
  readonly checkpoint: string;
  /** What requests of the OpenAI API call it. */
  readonly name: string;
  /** The commit, of a model from the hub. */
  readonly revision?: string;
  /**
   * SHA-256 of a folder's files; of a server's model, of its config: weights that change at a URL are
   * not noticed.
   */
  readonly hash: string;
  /** What it is asked. */
  readonly task: HostedTask;
  /** How it is loaded: what changes results. */
  readonly options: {
    readonly dtype?: string;
    readonly seed?: number;
    readonly lsg?: Readonly<Record<string, unknown>>;
    readonly config?: Readonly<Record<string, unknown>>;
  };
}

/** Documents of a batch. */
export interface BatchInput {
  /**
   * `files`: texts, a document each; `jsonl`, `parquet`: a document each row; `openai`: requests of the
   * OpenAI API, a line each.
   */
  readonly kind: "files" | "jsonl" | "parquet" | "openai";
  /** The file; of `files`, the folder that their names start from. */
  readonly path: string;
  /** The name that it was given, which begins ids of rows without any; "" for `files`. */
  readonly name: string;
  /** The field or column of the text. */
  readonly field?: string;
  /** The field or column of the id. */
  readonly id_field?: string;
}

/** What is done to which documents. */
export interface BatchPlan {
  /** Version of this format. */
  readonly format: 1;
  /** Name of the batch, random. */
  readonly id: string;
  /** How often the batch was planned with something new. */
  readonly version: number;
  /** The model. */
  readonly model: BatchModel;
  /** Options of the task, as its pipeline names them. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Format of the results. */
  readonly result: ResultFormat;
  /** Most documents of a shard. */
  readonly shard_documents: number;
  /** Where documents come from; later plans add to the end. */
  readonly inputs: readonly BatchInput[];
  /** Number of all documents. */
  readonly documents: number;
  /** Number of shards. */
  readonly shards: number;
}

/**
 * What the results of a batch depend on, beside its documents. Of a folder it is the files: it may lie
 * elsewhere on another machine.
 *
 * @param plan The plan.
 * @returns Model, parameters, format.
 */
export function identityOf(
  { model: { checkpoint, ...model }, parameters, result }: BatchPlan,
): Readonly<Record<string, unknown>> {
  const { isAbsolute } = nodeModule("node:path");
  return { ...(!isAbsolute(checkpoint) && { checkpoint }), ...model, parameters, result };
}

/**
 * Checks a plan from outside.
 *
 * @param given The parsed JSON.
 * @param path Where it stands, for the message.
 * @returns The plan.
 * @throws {SyntaxError} If it is malformed.
 */
export function checkPlan(given: Record<string, unknown>, path: string): BatchPlan {
  const fail = (what: string, value: unknown) => {
    throw new SyntaxError(`Cannot read ${showName(path)}: ${what} is ${showValue(value)}`);
  };
  const { format, id, model, parameters, result, shard_documents, inputs, documents, shards } =
    given;
  if (format !== 1) fail("format", format);
  if (typeof id !== "string" || !/^[\w-]{1,64}$/.test(id)) fail("id", id);
  if (!isJsonObject(model)) return fail("model", model) as never;
  for (const name of ["checkpoint", "name"]) if (!isText(model[name])) fail(name, model[name]);
  if (!isTextOrAbsent(model.revision)) fail("revision", model.revision);
  if (!isHash(model.hash)) fail("hash", model.hash);
  if (!HOSTED_TASKS.includes(model.task as HostedTask)) fail("task", model.task);
  if (!isJsonObject(model.options)) fail("options", model.options);
  if (!isJsonObject(parameters)) fail("parameters", parameters);
  if (!RESULT_FORMATS.includes(result as ResultFormat)) fail("result", result);
  if (!isCount(shard_documents, 1)) fail("shard_documents", shard_documents);
  if (!isCount(documents)) fail("documents", documents);
  if (!isCount(shards)) fail("shards", shards);
  if (!Array.isArray(inputs)) return fail("inputs", inputs) as never;
  for (const input of inputs) {
    const isInput = isJsonObject(input) && INPUT_KINDS.includes(input.kind as BatchInput["kind"]) &&
      isText(input.path) && typeof input.name === "string" && isTextOrAbsent(input.field) &&
      isTextOrAbsent(input.id_field);
    if (!isInput) fail("an input", input);
  }
  return given as unknown as BatchPlan;
}

function isTextOrAbsent(value: unknown): boolean {
  return value === undefined || isText(value);
}
