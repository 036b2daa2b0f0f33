/**
 * Progress of what takes its time.
 *
 * @module
 */
import type { ModelInputs } from "../models/mod.ts";
import type { ModelIo } from "./model_io.ts";

/** Characters of the bar. */
const WIDTH = 24;

/** To the line's start, and clear it. */
const CLEAR = "\r\x1b[K";

/**
 * Runs something that has one line on standard error for itself, where that is a terminal.
 *
 * @param io Streams.
 * @param run Gets what writes a text over the last one, `undefined` if nobody watches.
 * @returns The run's result; the line is empty by then.
 */
export async function withProgressLine<Result>(
  io: ModelIo,
  run: (show: ((text: string) => void) | undefined) => Promise<Result>,
): Promise<Result> {
  if (!io.stderrIsTerminal) return await run(undefined);
  let shown = "";
  let written = Promise.resolve();
  const show = (text: string) => {
    if (text === shown) return;
    shown = text;
    written = written.then(() => io.stderr(CLEAR + text));
  };
  try {
    return await run(show);
  } finally {
    show("");
    await written;
  }
}

/**
 * Draws how much is done.
 *
 * @param part From 0 to 1.
 * @returns A bar of 24 characters.
 */
export function bar(part: number): string {
  const done = Math.floor(WIDTH * part);
  return "█".repeat(done) + "·".repeat(WIDTH - done);
}

/**
 * Runs a model and shows the layers that are done, where standard error is a terminal.
 *
 * @param io Streams.
 * @param label What runs.
 * @param run Runs the model with the callback, if there is one.
 * @returns The run's result; the line with the progress is gone by then.
 */
export function withProgress<Result>(
  io: ModelIo,
  label: string,
  run: (callback: ModelInputs["layer_callback"]) => Promise<Result>,
): Promise<Result> {
  return withProgressLine(io, (show) => {
    show?.(`${label} …`);
    return run(
      show &&
        (({ layer, layers }) =>
          show(`${label} ${bar(layer / layers)} layer ${layer} of ${layers}`)),
    );
  });
}
