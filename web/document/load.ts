/**
 * Models as the worker holds them: one backend, and a model at a time for each task.
 *
 * @module
 */
import type { ProgressInfo } from "../../checkpoint/progress_source.ts";
import type { CheckpointSource } from "../../checkpoint/source.ts";
import { openBackend } from "../../device.ts";
import { AutoConfig, type PreTrainedModel, type PreTrainedOptions } from "../../models/mod.ts";
import type { Backend } from "../../ops/backend.ts";
import { EMBEDDED, openEmbedded } from "./embedded_model.ts";
import type { Settings } from "./protocol.ts";
import { watchMemory } from "./watched_backend.ts";

/** Settings of a model that may also run as it was published. */
export interface ModelSettings extends Omit<Settings, "attention"> {
  /** The attention; a checkpoint made for long texts keeps its own instead of LSG. */
  readonly attention: Settings["attention"] | "own";
}

/** Calls back while a job runs. */
export interface Run {
  /** Says what is done now, and the share that is done. */
  readonly report: (progress: string, share?: number) => void;
  /** Stops the job. */
  readonly signal: AbortSignal;
}

/** What something took. */
export interface Cost {
  readonly seconds: number;
  /** Most bytes of the model's weights and of tensors. */
  readonly bytes: number;
}

/** An open device. */
export interface Device {
  /** What it is asked for by. */
  readonly asked: Settings["device"];
  /** Its backend, whose memory is watched. */
  readonly backend: Backend;
  /** Most bytes since the last call. */
  readonly takeMost: () => number;
  /** Threads of `wasm`. */
  readonly threads?: number;
}

/** Something that a checkpoint was loaded as. */
export interface Loadable {
  readonly model: PreTrainedModel<unknown>;
}

/** A loaded checkpoint. */
export interface Loaded<Kind extends Loadable> extends Omit<Device, "takeMost"> {
  readonly loaded: Kind;
  /** Starts a measurement; the function that it returns ends it. */
  readonly measure: () => () => Cost;
  /** Name of the checkpoint and of its attention. */
  readonly name: string;
  readonly attention: string;
}

/** The folder of the model beside the page; the worker lies in a folder of the site. */
const FOLDER = new URL("../model/", self.location.href);

let device: Promise<Device> | undefined;
const models = new Map<string, { key: string; value: Loaded<Loadable> }>();

/**
 * Loads a checkpoint, or returns the one that was loaded last if it is the same.
 *
 * @param kind Name of what it is loaded as; of each kind one is held.
 * @param settings Which checkpoint, device, length and attention.
 * @param run Progress and signal.
 * @param build Loads it from its source.
 * @returns The checkpoint.
 */
export async function load<Kind extends Loadable>(
  kind: string,
  settings: ModelSettings,
  run: Run,
  build: (source: string | CheckpointSource, options: PreTrainedOptions) => Promise<Kind>,
): Promise<Loaded<Kind>> {
  const { model, tokens, attention } = settings;
  // As it was published it reads as much as it reads.
  const key = JSON.stringify([model, settings.device, attention === "own" || tokens, attention]);
  const held = models.get(kind);
  if (held?.key === key) return held.value as Loaded<Kind>;
  forget(kind);
  const opened = await openDevice(settings.device);
  run.signal.throwIfAborted();
  const source = model === ""
    ? await openEmbedded(FOLDER, (done, all) => reportBytes(run, "the model", done, all))
    : model;
  const { signal } = run;
  const progress_callback = (info: ProgressInfo) => reportFile(run, info);
  // A source that is at hand has nothing to download.
  const hub = typeof source === "string" ? { progress_callback, signal } : { signal };
  run.report("Loading the model …");
  const { name, options } = await chooseAttention(source, settings, hub);
  const { takeMost, ...rest } = opened;
  const before = rest.backend.memory().bytes;
  const loaded = await build(source, { ...options, ...hub, device: rest.backend });
  const weights = rest.backend.memory().bytes - before;
  const measure = () => {
    // Other models may be held, too.
    const others = rest.backend.memory().bytes - weights;
    const start = performance.now();
    takeMost();
    return () => ({ seconds: (performance.now() - start) / 1000, bytes: takeMost() - others });
  };
  const value = { ...rest, loaded, measure, name: model || EMBEDDED, attention: name };
  models.set(kind, { key, value });
  return value;
}

/** Releases what was loaded as a kind. */
function forget(kind: string): void {
  models.get(kind)?.value.loaded.model.dispose();
  models.delete(kind);
}

/** Closes the device and forgets what was loaded on it. */
export async function closeDevice(): Promise<void> {
  const held = await device;
  [...models.keys()].forEach(forget);
  held?.backend.dispose();
  device = undefined;
}

async function openDevice(asked: Settings["device"]): Promise<Device> {
  const held = await device;
  if (held?.asked === asked) return held;
  await closeDevice();
  const opening = openBackend(asked).then((opened) => {
    const { backend, takeMost } = watchMemory(opened);
    return { asked, backend, takeMost, threads: (opened as { threads?: number }).threads };
  });
  device = opening;
  opening.catch(() => device = undefined);
  return await opening;
}

/** The attention that a checkpoint runs with: its own if it is made for long texts. */
async function chooseAttention(
  source: string | CheckpointSource,
  { tokens, attention }: ModelSettings,
  hub: Pick<PreTrainedOptions, "progress_callback" | "signal">,
): Promise<{ name: string; options: PreTrainedOptions }> {
  if (attention === "own") return { name: "as published", options: {} };
  const config = await AutoConfig.from_pretrained(source, hub);
  const max_sequence_length = tokens;
  if (attention === "full") {
    return { name: "full", options: { attention: { type: "full", max_sequence_length } } };
  }
  if (config.lsg) return { name: "LSG, its own", options: {} };
  if (config.model_type === "longformer") return { name: "Longformer, its own", options: {} };
  return { name: "LSG", options: { lsg: { max_sequence_length } } };
}

function reportFile(run: Run, info: ProgressInfo): void {
  if (info.status === "progress") reportBytes(run, info.file, info.loaded, info.total);
}

function reportBytes({ report }: Run, name: string, loaded: number, total: number): void {
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
  if (total > 0) {
    report(`Loading ${name}: ${megabytes(loaded)} of ${megabytes(total)} MB`, loaded / total);
  } else report(`Loading ${name}: ${megabytes(loaded)} MB`);
}
