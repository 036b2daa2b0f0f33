/**
 * The button that measures the pattern in this page.
 *
 * @module
 */
/// <reference lib="dom" />
import { lendThreads } from "../../wasm/machine/lent_threads.ts";
import { find } from "../shell/element.ts";
import { size, time } from "./cost.ts";
import type { MeasureReport, MeasureRequest } from "./measure_worker.ts";

const button = find<HTMLButtonElement>("#measure");
const output = find("#measured");
let worker: Worker | undefined;

/**
 * Lets the button measure.
 *
 * @param requestOf Returns what is chosen now; throws if that cannot be drawn.
 */
export function offerMeasurement(requestOf: () => MeasureRequest): void {
  button.addEventListener("click", () => {
    if (worker) return stop("Stopped.");
    try {
      start(requestOf());
    } catch (error) {
      stop((error as Error).message);
    }
  });
}

/** Forgets the last measurement, as something else is drawn. */
export function forgetMeasurement(): void {
  stop("");
}

function start(request: MeasureRequest): void {
  const lines: string[] = [];
  worker = new Worker(new URL("measure_worker.js", document.baseURI), { type: "module" });
  lendThreads(worker);
  worker.onmessage = ({ data }: MessageEvent<MeasureReport>) => {
    if ("error" in data) return stop(data.error);
    const { isFull, device, seconds, megabytes } = data;
    lines.push(
      `${isFull ? "Full attention" : "This pattern"}: ${time(seconds)}, ${size(megabytes)}`,
    );
    if (!isFull) output.textContent = `${lines.join(". ")}. Full attention …`;
    else stop(`${lines.join(". ")}. One layer of 4 heads of 64, on ${device}.`);
  };
  worker.onerror = (event) => stop(`Cannot measure: ${event.message || "the worker failed"}`);
  worker.postMessage(request);
  button.textContent = "Stop";
  output.textContent = "Measuring …";
}

function stop(text: string): void {
  worker?.terminate();
  worker = undefined;
  button.textContent = "Measure here";
  output.textContent = text;
}
