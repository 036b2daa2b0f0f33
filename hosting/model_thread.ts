/**
 * The module of a model's thread: loads a pipeline, queues what it is asked, and answers.
 *
 * @module
 */
import { env } from "../hub/env.ts";
import { openCheckpoint } from "../hub/open_checkpoint.ts";
import { revisionOf } from "../hub/revision_of.ts";
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
import { measureItem, MORE } from "./measure_item.ts";
import { OpenCalls } from "./open_calls.ts";
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

const calls = new OpenCalls<CallUnit>();

/** Stops the loading. */
const stopping = new AbortController();
/** Resolves when the model is loaded, or cannot be. */
let loading: Promise<void> | undefined;
let loaded: {
  readonly pipeline: HostedPipeline;
  readonly methods: ReadonlyMap<Method, HostedMethod>;
  readonly scheduler: Scheduler<CallUnit>;
  readonly batchTokens: number;
} | undefined;
/** The batch that runs, or the half of it. */
let running:
  | { readonly units: readonly CallUnit[]; readonly controller: AbortController }
  | undefined;

port.listen((message) => {
  if ("load" in message) {
    Object.assign(env, message.env);
    loading = load(message.load).catch((error) => post({ failed: toFailure(error) }));
  } else if ("cancel" in message) cancel(message.cancel);
  else if ("close" in message) void close();
  else if ("dispose" in message) void dispose();
  else call(message);
});

async function load({ checkpoint, task: given, options, batchTokens, patience }: ModelRequest) {
  const { revision, cache_dir, local_files_only, token, ...settings } = options;
  const source = await openCheckpoint(checkpoint, {
    ...{ revision, cache_dir, local_files_only, token },
    signal: stopping.signal,
  });
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
      revision: revisionOf(checkpoint, source),
      task,
      methods: methodsOf(task),
      modelType: config.model_type,
      maxLength: made.maxLength,
      device: backend.name,
      dtype: backend.dtype,
      ...(task === "feature-extraction" && embeddingInfo(made as FeatureExtractionPipeline)),
      ...(/classification$/.test(task) && { labels: config.id2label }),
      ...(task === "fill-mask" && { maskToken: made.tokenizer.mask_token }),
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
  calls.add(call, items.length);
  const { methods, scheduler, pipeline } = loaded!;
  const method = methods.get(name);
  // Once: options may be as large as a request.
  const key = JSON.stringify([name, options]);
  items.forEach((item, index) => {
    try {
      if (!method) throw new RangeError(`This model has no method ${name}`);
      const { maxLength, tokenizer } = pipeline;
      const isBounded = method.isBounded(options);
      const measured = measureItem(method, item, options, isBounded ? maxLength : Infinity);
      const { tokens } = measured;
      const isLong = isBounded && tokens > maxLength;
      if (isLong && !options.truncation) {
        const count = measured.isMore ? `more than ${MORE * maxLength}` : tokens;
        throw new RangeError(
          `Cannot run input ${index}: it has ${count} tokens, at most ${maxLength} fit ` +
            "the model; wanted a shorter text, or its truncation",
        );
      }
      method.check?.(tokens, options);
      const isAlone = method.isAlone?.(options) ?? false;
      const unit: CallUnit = {
        call,
        index,
        method,
        item: tokenizer.truncation_side === "right" ? measured.start : item,
        options,
        // What is cut takes as much as the longest text.
        tokens: isBounded ? Math.min(tokens, maxLength) : tokens,
        key: isAlone ? `${call} ${index} ${key}` : key,
        mixed: method.mixed,
        isCut: isLong,
        streams,
        get isCancelled() {
          return calls.isCancelled(call);
        },
      };
      if (method.isImmediate) void runImmediately(unit);
      else scheduler.add(unit);
    } catch (error) {
      answer({ call, index, failure: toFailure(error) });
    }
  });
}

function answer(
  message: Extract<FromThread, { call: number }>,
  unit?: CallUnit,
  transfer?: readonly ArrayBuffer[],
) {
  if (calls.settle(message.call, unit)) post(message, transfer);
}

async function runImmediately({ call, index, method, item, options }: CallUnit): Promise<void> {
  const { signal } = new AbortController();
  try {
    const [result] = await method.run([item], options, {
      signal,
      batchTokens: loaded!.batchTokens,
      onText: () => {},
      isCancelled: () => false,
    });
    answer({ call, index, result, tokens: 0, isCut: false });
  } catch (error) {
    answer({ call, index, failure: toFailure(error) });
  }
}

/** Runs units together; if that fails, half of them at a time: one cannot spoil the others. */
async function runBatch(batch: readonly CallUnit[]): Promise<void> {
  calls.take(batch);
  // Some of a second half may have been cancelled while the first one ran.
  const units = batch.filter(({ isCancelled }) => !isCancelled);
  for (const unit of batch) if (!units.includes(unit)) calls.settle(unit.call, unit);
  if (units.length === 0) return;
  const controller = new AbortController();
  running = { units, controller };
  let hasGiven = false;
  try {
    const [{ method, options }] = units;
    const results = await method.run(units.map(({ item }) => item), options, {
      signal: controller.signal,
      batchTokens: loaded!.batchTokens,
      onText: (i, text) => {
        const { call, index, streams, isCancelled } = units[i];
        if (!streams || isCancelled) return;
        hasGiven = true;
        post({ call, index, text });
      },
      isCancelled: (i) => units[i].isCancelled,
    });
    units.forEach((unit, i) => {
      const { call, index, tokens, isCut } = unit;
      const result = results[i];
      const data = (result as { data?: unknown } | null)?.data;
      // A vector may be a part of its batch's memory: what is sent is a copy.
      const sent = data instanceof Float32Array
        ? { ...result as object, data: data.slice() }
        : result;
      const transfer = data instanceof Float32Array
        ? [(sent as { data: Float32Array<ArrayBuffer> }).data.buffer]
        : [];
      answer({ call, index, result: sent, tokens, isCut }, unit, transfer);
    });
  } catch (error) {
    // What was given out cannot be taken back.
    if (units.length > 1 && !controller.signal.aborted && !hasGiven) {
      const half = Math.ceil(units.length / 2);
      await runBatch(units.slice(0, half));
      await runBatch(units.slice(half));
      return;
    }
    const failure = toFailure(error);
    for (const unit of units) answer({ call: unit.call, index: unit.index, failure }, unit);
  } finally {
    running = undefined;
  }
}

/** Forgets a call; stops the batch that runs if nobody waits for any part of it. */
function cancel(call: number) {
  calls.cancel(call, () => loaded?.scheduler.sweep());
  if (running?.units.every(({ isCancelled }) => isCancelled)) running.controller.abort();
}

async function close() {
  await loaded?.scheduler.whenIdle();
  await dispose();
}

/** Disposes of the model, which ends the threads of its backend; what runs fails. */
async function dispose() {
  stopping.abort();
  await loading;
  loaded?.pipeline.dispose();
  post({ disposed: true });
}
