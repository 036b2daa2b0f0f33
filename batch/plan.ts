/**
 * Planning a batch: what is done to which documents.
 *
 * @module
 */
import {
  assertObject,
  CALLBACK,
  checkOptions,
  countFrom,
  FLAG,
  oneOf,
  SIGNAL,
  TEXT,
} from "../base/check_options.ts";
import { nodeModule } from "../base/node_module.ts";
import { showName, showValue } from "../base/show_value.ts";
import { isFolder } from "../checkpoint/disk.ts";
import { HOSTED_TASKS, type HostedTask } from "../hosting/tasks.ts";
import { hashModel } from "../hub/hash_model.ts";
import { openCheckpoint } from "../hub/open_checkpoint.ts";
import { revisionOf } from "../hub/revision_of.ts";
import { findInputs, type FoundInput } from "./find_inputs.ts";
import { loadPackages } from "./run_shard.ts";
import { mergeShards } from "./merge_shards.ts";
import {
  type BatchModel,
  type BatchPlan,
  identityOf,
  RESULT_FORMATS,
  type ResultFormat,
} from "./batch_plan.ts";
import { lastVersion, readPlan, readShards, writePlan } from "./plan_files.ts";
import type { Shard } from "./shard.ts";

/** Documents of a shard where nobody says. */
const SHARD_DOCUMENTS = 256;

/** Most documents of a shard. */
export const MOST_SHARD_DOCUMENTS = 1000;

/** What {@linkcode planBatch} is told. */
export interface BatchSettings {
  /** The batch's folder. */
  readonly out: string;
  /** The model: a folder, `owner/name` or a URL. */
  readonly checkpoint: string;
  /** What it is asked. */
  readonly task: HostedTask;
  /** Format of the results; `jsonl` if absent. The others are for embeddings. */
  readonly result?: ResultFormat;
  /** Options of the task's pipeline, and `question` for all documents. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** Field or column of the text; `text` if absent. */
  readonly field?: string;
  /** Field or column of the id; if absent, the file's name and the row's number. */
  readonly id_field?: string;
  /** Most documents of a shard, at most 1,000; 256 if absent. */
  readonly shard_documents?: number;
  /** What requests of the OpenAI API call the model; absent: `owner/name`, or a folder's name. */
  readonly model_name?: string;
  /** Data type of the weights. */
  readonly dtype?: string;
  /** Seed of random values. */
  readonly seed?: number;
  /** Parameters of a conversion to LSG. */
  readonly lsg?: Readonly<Record<string, unknown>>;
  /** Keys in place of the config's. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Branch, tag or commit on the hub; the plan holds the commit. */
  readonly revision?: string;
  /** Folder for downloads. */
  readonly cache_dir?: string;
  /** Whether the network is left alone. */
  readonly local_files_only?: boolean;
  /** Access token of the hub, which the plan does not hold. */
  readonly token?: string;
  /** Called with the file that is read, and how much of it is. */
  readonly onRead?: (name: string, part: number) => void;
  /** Stops the planning; nothing is written then. */
  readonly signal?: AbortSignal;
}

/** What is planned, now and before. */
export interface PlanReport {
  /** How often the batch was planned with something new. */
  readonly version: number;
  /** Number of all documents. */
  readonly documents: number;
  /** Number of shards. */
  readonly shards: number;
}

/** Parameters that are a program's own. */
const NOT_TAKEN = ["signal", "layer_callback", "streamer", "max_batch_tokens", "stopping_criteria"];

/**
 * Plans a batch: finds the documents of files and folders, and divides them into shards, as row
 * ranges. A folder that has a plan gets what is new: documents that were planned before keep their
 * shards, and what is done of them.
 *
 * @param inputs Files and folders: `.jsonl`, `.ndjson` and `.parquet` have a document in each row,
 * files of requests of the OpenAI API one in each line, every other file is a document.
 * @param settings Model, task, folder.
 * @returns What the batch has.
 * @throws {TypeError | RangeError} If a setting is wrong, an input does not exist or lacks a field, or
 * the folder has a plan with another model or other options; the message names what differs.
 * @throws {SyntaxError} If an input is malformed.
 *
 * @example
 * ```ts
 * import { planBatch, readStatus } from "@lsg/core/batch";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * await Deno.writeTextFile(`${folder}/letters.jsonl`, '{"text": "The sea."}\n{"text": "A river."}\n');
 * const out = `${folder}/vectors`;
 * await planBatch([`${folder}/letters.jsonl`], {
 *   out,
 *   checkpoint: "sentence-transformers/all-MiniLM-L6-v2",
 *   task: "feature-extraction",
 * });
 * assertEquals((await readStatus(out)).documents, 2);
 * // From here on runLocal(out) does what is left, on this machine.
 * ```
 */
export async function planBatch(
  inputs: readonly string[],
  settings: BatchSettings,
): Promise<PlanReport> {
  checkSettings(settings);
  const { out, field = "text", id_field, onRead, signal } = settings;
  if (inputs.length === 0) throw new RangeError("Cannot plan: there are no inputs");
  const old = await lastVersion(out) > 0 ? await readPlan(out) : undefined;
  const made = await describePlan(settings, old);
  const found = await findInputs(inputs, {
    out,
    most: made.shard_documents,
    field,
    id_field,
    onRead,
    signal,
  });
  checkRequests(made, found, { id_field, isNew: old === undefined });
  await loadPackages({ ...made, inputs: found.map(({ input }) => input) });
  for (;;) {
    signal?.throwIfAborted();
    const version = await lastVersion(out);
    const before = version === 0 ? undefined : await readPlan(out);
    if (before) assertSame(out, before, made);
    const shards: Shard[] = [];
    if (before) { for await (const shard of readShards(out, version)) shards.push(shard); }
    const merged = await mergeShards(out, before ?? { ...made, inputs: [] }, shards, found);
    if (before && !merged.isNew) return reportOf(before);
    const documents = merged.shards.reduce((sum, { documents }) => sum + documents, 0);
    if (documents === 0) throw new RangeError("Cannot plan: there are no documents");
    const plan: BatchPlan = {
      ...before ?? made,
      version: version + 1,
      inputs: merged.inputs,
      documents,
      shards: merged.shards.length,
    };
    // Another process may have planned meanwhile: then its documents are taken over.
    if (await writePlan(out, plan, merged.shards)) return reportOf(plan);
  }
}

function reportOf({ version, documents, shards }: BatchPlan): PlanReport {
  return { version, documents, shards };
}

function checkSettings(settings: BatchSettings): void {
  const action = "Cannot plan a batch";
  const any = { type: "object", wanted: "an object" } as const;
  checkOptions(action, settings, {
    out: TEXT,
    checkpoint: TEXT,
    task: oneOf(HOSTED_TASKS),
    result: oneOf(RESULT_FORMATS),
    parameters: any,
    field: TEXT,
    id_field: TEXT,
    shard_documents: {
      ...countFrom(1),
      wanted: `a whole number from 1 to ${MOST_SHARD_DOCUMENTS}`,
      accepts: (value) =>
        Number.isSafeInteger(value) && Number(value) >= 1 &&
        Number(value) <= MOST_SHARD_DOCUMENTS,
    },
    model_name: TEXT,
    dtype: TEXT,
    seed: countFrom(0),
    lsg: any,
    config: any,
    revision: TEXT,
    cache_dir: TEXT,
    local_files_only: FLAG,
    token: TEXT,
    onRead: CALLBACK,
    signal: SIGNAL,
  });
  for (const name of ["out", "checkpoint", "task"] as const) {
    if (settings[name]) continue;
    throw new TypeError(`${action} with ${name} ${showValue(settings[name])}: wanted a name`);
  }
  const { parameters = {}, task, result } = settings;
  assertObject(action, parameters);
  const wrong = NOT_TAKEN.find((name) => Object.hasOwn(parameters, name));
  if (wrong !== undefined) throw new RangeError(`${action} with the parameter ${wrong}`);
  if (task === "zero-shot-classification" && parameters.candidate_labels === undefined) {
    throw new RangeError(`${action} without the parameter candidate_labels`);
  }
  const isPlain = result === undefined || result === "jsonl";
  if (!isPlain && (task !== "feature-extraction" || parameters.pooling === "none")) {
    throw new RangeError(
      `${action} with the result ${result}: that is for pooled embeddings, wanted jsonl`,
    );
  }
}

/** Describes a batch without its inputs. */
async function describePlan(settings: BatchSettings, old?: BatchPlan): Promise<BatchPlan> {
  const { checkpoint: given, task, revision, cache_dir, local_files_only, token, signal } =
    settings;
  const { dtype, seed, lsg, config, parameters = {}, result = "jsonl" } = settings;
  const checkpoint = await isFolder(given) ? nodeModule("node:path").resolve(given) : given;
  const files = { revision, cache_dir, local_files_only, token, signal };
  const source = await openCheckpoint(given, files);
  const hash = await hashModel(source);
  const pinned = revisionOf(given, source);
  // Defaults are told by no name, whoever calls.
  const options = {
    dtype: dtype === "fp32" ? undefined : dtype,
    seed: seed || undefined,
    lsg,
    config,
  };
  const model: BatchModel = {
    checkpoint,
    name: settings.model_name ?? nameOf(given),
    ...(pinned !== undefined && { revision: pinned }),
    hash,
    task,
    // As it is read again.
    options: JSON.parse(JSON.stringify(options)),
  };
  return {
    format: 1,
    id: crypto.randomUUID(),
    version: 0,
    model,
    parameters: JSON.parse(JSON.stringify(parameters)),
    result,
    shard_documents: settings.shard_documents ?? old?.shard_documents ?? SHARD_DOCUMENTS,
    inputs: [],
    documents: 0,
    shards: 0,
  };
}

/** `owner/name` as it is; the last part of a path or URL. */
function nameOf(checkpoint: string): string {
  if (/^[\w.-]+\/[\w.-]+$/.test(checkpoint) && !checkpoint.startsWith(".")) return checkpoint;
  return checkpoint.replace(/[/\\]+$/, "").split(/[/\\]/).at(-1) || checkpoint;
}

/** Refuses what requests do not heed: a format of results; options, if there is nothing else. */
function checkRequests(
  { result, parameters }: BatchPlan,
  found: readonly FoundInput[],
  { id_field, isNew }: { readonly id_field?: string; readonly isNew: boolean },
): void {
  const requests = found.find(({ input }) => input.kind === "openai");
  if (requests === undefined) return;
  const refuse = (what: string, wanted: string) => {
    throw new RangeError(
      `Cannot plan ${
        showName(requests.input.name)
      } with ${what}: it holds requests of the OpenAI ` +
        `API, wanted ${wanted}`,
    );
  };
  if (result !== "jsonl") refuse(`the result ${result}`, "jsonl");
  if (!isNew || found.some(({ input }) => input.kind !== "openai")) return;
  const [name] = Object.keys(parameters);
  if (name !== undefined) refuse(`the parameter ${name}`, "it in the requests, each of its own");
  if (id_field !== undefined) refuse(`id_field ${showValue(id_field)}`, "custom_id");
}

/** Refuses to add to the results of another model. */
function assertSame(out: string, before: BatchPlan, made: BatchPlan): void {
  // By themselves, as an option and a parameter may have the same name.
  const groupsOf = (plan: BatchPlan) => {
    const { options, parameters, ...others } = identityOf(plan);
    const { shard_documents } = plan;
    return [{ ...others, shard_documents }, options, parameters] as Record<string, unknown>[];
  };
  const now = groupsOf(made);
  const list = groupsOf(before).flatMap((a, i) => {
    const b = now[i];
    return Object.keys({ ...a, ...b })
      .filter((name) => JSON.stringify(a[name]) !== JSON.stringify(b[name]))
      .map((name) => `${name} ${showValue(a[name])}, not ${showValue(b[name])}`);
  });
  if (list.length === 0) return;
  throw new RangeError(
    `Cannot plan in ${showName(out)}: its batch has ${list.join("; ")}; wanted the same, or ` +
      "another folder",
  );
}
