/**
 * The worker that reads the text, so that the page stays responsive.
 *
 * It receives an {@linkcode Order} and posts {@linkcode Report}s.
 *
 * @module
 */
import { borrowThreads } from "../../wasm/machine/lent_threads.ts";
import { compare } from "./compare.ts";
import { fill } from "./fill.ts";
import { closeDevice, type Run } from "./load.ts";
import type { ComparedPass, FillResult, Job, Order, Report, SearchResult } from "./protocol.ts";
import { search } from "./search.ts";

const worker = self as unknown as {
  onmessage: ((event: { data: Order }) => void) | null;
  postMessage(report: Report): void;
};

const running = new Map<number, AbortController>();
/** Jobs run one after another. */
let last: Promise<void> = Promise.resolve();

borrowThreads();

worker.onmessage = ({ data }) => {
  if ("stop" in data) {
    running.get(data.stop)?.abort();
    return;
  }
  const { job, request } = data;
  const controller = new AbortController();
  running.set(job, controller);
  last = last.then(() => runJob(job, request, controller.signal));
};

async function runJob(job: number, request: Job, signal: AbortSignal): Promise<void> {
  const run: Run = {
    report: (progress, share) => worker.postMessage({ job, progress, share }),
    signal,
  };
  try {
    signal.throwIfAborted();
    const onPass = (pass: ComparedPass) => worker.postMessage({ job, pass });
    worker.postMessage({ job, result: await perform(request, run, onPass) });
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    // A graphics card that was lost is not found again: the next job opens another device.
    if (/was lost/.test(message)) await closeDevice();
    worker.postMessage({ job, error: { name: signal.aborted ? "AbortError" : name, message } });
  } finally {
    running.delete(job);
  }
}

async function perform(
  request: Job,
  run: Run,
  onPass: (pass: ComparedPass) => void,
): Promise<FillResult | SearchResult | undefined> {
  if (request.task === "fill") return await fill(request, run);
  if (request.task === "search") return await search(request, run);
  return void await compare(request, run, onPass);
}
