/**
 * The page's end of its worker.
 *
 * @module
 */
/// <reference lib="dom" />
import { lendThreads } from "../../wasm/machine/lent_threads.ts";
import type { ComparedPass, FillResult, Job, Order, Report, SearchResult } from "./protocol.ts";

/** Callbacks for a job. */
export interface JobCallbacks {
  /** Called with what is done, and the share that is done if it is known. */
  readonly onProgress: (progress: string, share?: number) => void;
  /** Called with each pass of a comparison. */
  readonly onPass: (pass: ComparedPass) => void;
}

/** Error of a job that was stopped. */
export class Stopped extends Error {}

interface Pending extends JobCallbacks {
  readonly job: number;
  readonly resolve: (result: FillResult | SearchResult | undefined) => void;
  readonly reject: (error: Error) => void;
}

/** Milliseconds that a worker has to stop a job before it is ended itself. */
const PATIENCE = 1500;

let worker: Worker | undefined;
let pending: Pending | undefined;
let jobs = 0;

/**
 * Runs a job in the worker.
 *
 * @param request The job.
 * @param callbacks Callbacks for its progress.
 * @returns Its result; of a comparison undefined.
 * @throws {Stopped} If it was stopped.
 * @throws {Error} If it fails.
 */
export function runJob(
  request: Job,
  callbacks: JobCallbacks,
): Promise<FillResult | SearchResult | undefined> {
  worker ??= openWorker();
  const job = ++jobs;
  post({ job, request });
  return new Promise((resolve, reject) => pending = { ...callbacks, job, resolve, reject });
}

/** Stops the job that runs. */
export function stopJob(): void {
  const stopped = pending;
  if (!stopped) return;
  post({ stop: stopped.job });
  setTimeout(() => {
    if (pending !== stopped) return;
    endWorker();
    settle((job) => job.reject(new Stopped()));
  }, PATIENCE);
}

function post(order: Order): void {
  worker?.postMessage(order);
}

function endWorker(): void {
  worker?.terminate();
  worker = undefined;
}

function openWorker(): Worker {
  const opened = new Worker(new URL("worker.js", document.baseURI), { type: "module" });
  lendThreads(opened);
  opened.onmessage = ({ data }: MessageEvent<Report>) => receive(data);
  opened.onerror = ({ message }) => {
    endWorker();
    settle(({ reject }) => reject(new Error(message || "The worker could not be started")));
  };
  return opened;
}

function settle(end: (job: Pending) => void): void {
  const ended = pending;
  pending = undefined;
  if (ended) end(ended);
}

function receive(report: Report): void {
  if (report.job !== pending?.job) return;
  if ("progress" in report) pending.onProgress(report.progress, report.share);
  else if ("pass" in report) pending.onPass(report.pass);
  else if ("error" in report) {
    const { name, message } = report.error;
    settle(({ reject }) => reject(name === "AbortError" ? new Stopped() : new Error(message)));
  } else settle(({ resolve }) => resolve(report.result));
}
