/**
 * The module of a model's thread: loads a pipeline, queues what it is asked, and answers.
 *
 * @module
 */
import { env } from "../hub/env.ts";
import { openCheckpoint } from "../hub/open_checkpoint.ts";
import { RemoteSource } from "../hub/remote_source.ts";
import { lengthMultiple } from "../pipelines/run_rows.ts";
import { pipeline } from "../pipelines/pipeline.ts";
import type { FeatureExtractionPipeline } from "../pipelines/feature_extraction.ts";
import { type CheckpointSource, readJsonObject } from "../checkpoint/source.ts";
import type { PreTrainedOptions } from "../models/load.ts";
import {
  type FromThread,
  type ModelInfo,
  type ModelRequest,
  toFailure,
  type ToThread,
} from "./model_call.ts";
import type { HostedMethod, MethodOptions } from "./hosted_method.ts";
import { defaultPooling, type HostedPipeline, makeMethods } from "./methods.ts";
import { Scheduler, type Unit } from "./scheduler.ts";
import { chooseTask, type HostedTask, type Method, methodsOf } from "./tasks.ts";
import { threadPort } from "./worker_thread.ts";

/** An item of a call. */
interface CallUnit extends Unit {
  readonly call: number;
  readonly index: number;
  readonly method: HostedMethod;
  readonly item: unknown;
  readonly options: MethodOptions;
  readonly isCut: boolean;
  readonly streams: boolean;
}

const port = threadPort<ToThread>();
const post = (message: FromThread, transfer?: readonly ArrayBuffer[]) =>
  port.post(message, transfer);

/** Calls that were cancelled while they waited or ran. */
const cancelled = new Set<number>();
/** Items of each call that are not answered. */
const open = new Map<number, number>();

let loaded: {
  readonly pipeline: HostedPipeline;
  readonly methods: ReadonlyMap<Method, HostedMethod>;
  readonly scheduler: Scheduler<CallUnit>;
  readonly batchTokens: number;
} | undefined;
/** The batch that runs. */
let running:
  | { readonly units: readonly CallUnit[]; readonly controller: AbortController }
  | undefined;

port.listen((message) => {
  if ("load" in message) {
    Object.assign(env, message.env);
    void load(message.load).catch((error) => post({ failed: toFailure(error) }));
  } else if ("cancel" in message) cancel(message.cancel);
  else if ("close" in message) void close();
  else call(message);
});

async function load({ checkpoint, task: given, options, batchTokens, patience }: ModelRequest) {
  const { revision, cache_dir, local_files_only, token, ...settings } = options;
  const source = await openCheckpoint(checkpoint, { revision, cache_dir, local_files_only, token });
  const task = given ?? await taskOf(source);
  const made: HostedPipeline = await pipeline(task, source, settings as PreTrainedOptions);
  const methods = await makeMethods(task, made);
  await Promise.all([...methods.values()].map(({ prepare }) => prepare?.()));
  const multiple = lengthMultiple(made.model.config);
  const scheduler = new Scheduler<CallUnit>({
    multiple,
    batchTokens,
    patience,
    run: runBatch,
    onBatch: (batch) => post({ batch }),
  });
  loaded = { pipeline: made, methods, scheduler, batchTokens };
  const { backend, config } = made.model;
  post({
    info: {
      checkpoint,
      ...(source instanceof RemoteSource && { revision: source.version }),
      task,
      methods: methodsOf(task),
      modelType: config.model_type,
      maxLength: made.maxLength,
      device: backend.name,
      dtype: backend.dtype,
      ...(task === "feature-extraction" && embeddingInfo(made as FeatureExtractionPipeline)),
      ...(/classification$/.test(task) && { labels: config.id2label }),
    },
  });
}

async function taskOf(source: CheckpointSource): Promise<HostedTask> {
  const isSentenceTransformer = await source.open("modules.json") !== undefined;
  return chooseTask(await readJsonObject(source, "config.json"), isSentenceTransformer);
}

function embeddingInfo(extractor: FeatureExtractionPipeline) {
  const { defaults: { layers = [] }, model } = extractor;
  const pooling = defaultPooling(extractor);
  const pooled = [pooling].flat().length * model.config.hidden_size;
  const width = layers.reduce((width, { outputs }) => outputs ?? width, pooled);
  const { is_matryoshka, matryoshka_dimensions: widths } = model.config.raw;
  const isList = Array.isArray(widths) && widths.every((width) => Number.isSafeInteger(width));
  const any = is_matryoshka === true ? is_matryoshka : undefined;
  const matryoshka: ModelInfo["matryoshka"] = isList ? widths as number[] : any;
  return { width, matryoshka, pooling: [pooling].flat().join(",") };
}

/** Checks and queues each item of a call. */
function call(
  { call, method: name, items, options, streams = false }: Extract<ToThread, { call: number }>,
) {
  open.set(call, items.length);
  const { methods, scheduler, pipeline } = loaded!;
  const method = methods.get(name);
  items.forEach((item, index) => {
    try {
      if (!method) throw new RangeError(`This model has no method ${name}`);
      const tokens = method.count(item, options);
      const isLong = method.isBounded && tokens > pipeline.maxLength;
      if (isLong && !options.truncation) {
        throw new RangeError(
          `Cannot run input ${index}: it has ${tokens} tokens, at most ${pipeline.maxLength} fit ` +
            "the model; wanted a shorter text, or its truncation",
        );
      }
      const unit: CallUnit = {
        call,
        index,
        method,
        item,
        options,
        // What is cut takes as much as the longest text.
        tokens: method.isBounded ? Math.min(tokens, pipeline.maxLength) : tokens,
        key: JSON.stringify([name, options, ...(method.isSingle ? [call, index] : [])]),
        isCut: isLong,
        streams,
        get isCancelled() {
          return cancelled.has(call);
        },
      };
      if (method.isImmediate) void runImmediately(unit);
      else scheduler.add(unit);
    } catch (error) {
      answer(call, { call, index, failure: toFailure(error) });
    }
  });
}

function answer(call: number, message: FromThread, transfer?: readonly ArrayBuffer[]) {
  if (!cancelled.has(call)) post(message, transfer);
  const left = open.get(call)! - 1;
  if (left > 0) {
    open.set(call, left);
    return;
  }
  open.delete(call);
  cancelled.delete(call);
}

async function runImmediately({ call, index, method, item, options }: CallUnit): Promise<void> {
  const { signal } = new AbortController();
  try {
    const { batchTokens } = loaded!;
    const [result] = await method.run([item], options, { signal, batchTokens });
    answer(call, { call, index, result, tokens: 0, isCut: false });
  } catch (error) {
    answer(call, { call, index, failure: toFailure(error) });
  }
}

/** Runs units together; if that fails, each alone, so that one cannot spoil the others. */
async function runBatch(units: readonly CallUnit[]): Promise<void> {
  const controller = new AbortController();
  running = { units, controller };
  try {
    const [{ method, options, streams, call, index }] = units;
    const onText = (text: string) => {
      if (!cancelled.has(call)) post({ call, index, text });
    };
    const results = await method.run(units.map(({ item }) => item), options, {
      signal: controller.signal,
      batchTokens: loaded!.batchTokens,
      ...(streams && { onText }),
    });
    units.forEach(({ call, index, tokens, isCut }, i) => {
      const result = results[i];
      const data = (result as { data?: unknown } | null)?.data;
      // A vector may be a part of its batch's memory: what is sent is a copy.
      const sent = data instanceof Float32Array
        ? { ...result as object, data: data.slice() }
        : result;
      const transfer = data instanceof Float32Array
        ? [(sent as { data: Float32Array<ArrayBuffer> }).data.buffer]
        : [];
      answer(call, { call, index, result: sent, tokens, isCut }, transfer);
    });
  } catch (error) {
    if (units.length > 1 && !controller.signal.aborted) {
      for (const unit of units) await runBatch([unit]);
      return;
    }
    for (const { call, index } of units) answer(call, { call, index, failure: toFailure(error) });
  } finally {
    running = undefined;
  }
}

/** Forgets a call; stops the batch that runs if nobody waits for any part of it. */
function cancel(call: number) {
  if (!open.has(call)) return;
  cancelled.add(call);
  loaded?.scheduler.sweep();
  if (!running?.units.some((unit) => unit.call === call)) {
    open.delete(call);
    cancelled.delete(call);
    return;
  }
  const left = running.units.filter((unit) => unit.call === call).length;
  open.set(call, left);
  if (running.units.every(({ isCancelled }) => isCancelled)) running.controller.abort();
}

async function close() {
  await loaded?.scheduler.whenIdle();
  loaded?.pipeline.dispose();
  post({ closed: true });
}
