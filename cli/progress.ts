/**
 * Progress of long operations.
 *
 * @module
 */
import { drawBar } from "../base/draw_bar.ts";
import type { ModelInputs } from "../models/mod.ts";
import type { ModelIo } from "./model_io.ts";

/** Moves the cursor of a terminal to the start of the line and clears it. */
export const CLEAR = "\r\x1b[K";

/**
 * Runs an operation that shows a progress line on standard error if that is a terminal.
 *
 * @param io Streams.
 * @param run Called with a function that replaces the line; with `undefined` without a terminal.
 * @returns The result of `run`, after the line has been cleared.
 */
export async function withProgressLine<Result>(
  io: ModelIo,
  run: (show: ((text: string) => void) | undefined) => Promise<Result>,
): Promise<Result> {
  if (!io.stderrIsTerminal) return await run(undefined);
  let shown = "";
  let written = Promise.resolve();
  let isOver = false;
  const show = (text: string) => {
    // A source of files that is read again later still reports its progress.
    if (text === shown || isOver) return;
    shown = text;
    // A line that reaches the edge would go on in the next, which is not cleared.
    const visible = [...text].slice(0, Math.max(0, io.stderrColumns - 1)).join("");
    written = written.then(() => io.stderr(CLEAR + visible));
  };
  try {
    return await run(show);
  } finally {
    show("");
    isOver = true;
    await written;
  }
}

/**
 * Runs a model and shows the completed layers if standard error is a terminal.
 *
 * @param io Streams.
 * @param label Label of the line.
 * @param run Runs the model with the layer callback, if any.
 * @returns The result of `run`, after the line has been cleared.
 */
export function withProgress<Result>(
  io: ModelIo,
  label: string,
  run: (callback: ModelInputs["layer_callback"]) => Promise<Result>,
): Promise<Result> {
  return withProgressLine(io, (show) => {
    show?.(`${label} …`);
    return run(show && layerProgress(label, show));
  });
}

/**
 * Makes a callback that shows the completed layers.
 *
 * @param label Label of the line.
 * @param show Replaces the line.
 * @returns The callback.
 */
export function layerProgress(
  label: string,
  show: (text: string) => void,
): NonNullable<ModelInputs["layer_callback"]> {
  return ({ layer, layers }) =>
    show(`${label} ${drawBar(layer / layers)} layer ${layer} of ${layers}`);
}
