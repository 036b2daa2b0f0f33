/**
 * Progress of a model's run.
 *
 * @module
 */
import type { ModelInputs } from "../models/mod.ts";
import type { ModelIo } from "./model_io.ts";

/** Characters of the bar. */
const WIDTH = 24;

/**
 * Runs a model and shows the layers that are done, where standard error is a terminal.
 *
 * @param io Streams.
 * @param label What runs.
 * @param run Runs the model with the callback, if there is one.
 * @returns The run's result; the line with the progress is gone by then.
 */
export async function withProgress<Result>(
  io: ModelIo,
  label: string,
  run: (callback: ModelInputs["layer_callback"]) => Promise<Result>,
): Promise<Result> {
  if (!io.stderrIsTerminal) return await run(undefined);
  let written = io.stderr(`\r${label} …`);
  try {
    return await run(({ layer, layers }) => {
      const done = Math.floor(WIDTH * layer / layers);
      const bar = "█".repeat(done) + "·".repeat(WIDTH - done);
      written = written.then(() => io.stderr(`\r${label} ${bar} layer ${layer} of ${layers}`));
    });
  } finally {
    await written;
    // To the line's start, and clear it.
    await io.stderr("\r\x1b[K");
  }
}
