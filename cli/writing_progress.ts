/**
 * Progress of a model that writes a text.
 *
 * @module
 */
import { StoppingCriteria } from "../generation/stopping_criteria.ts";
import type { WritingOptions } from "../pipelines/mod.ts";
import type { ModelIo } from "./model_io.ts";
import { layerProgress, withProgressLine } from "./progress.ts";

/** Options of a call that show its progress. */
export type ProgressOptions = Pick<WritingOptions, "layer_callback" | "stopping_criteria">;

/** Ends no row, and shows how many tokens a row has. */
export class TokenProgress extends StoppingCriteria {
  override readonly needsScores = false;
  #tokens = 0;
  #start: number | undefined;

  /**
   * Makes one.
   *
   * @param show Replaces the line.
   * @param label Label of the line.
   * @param now The time in milliseconds.
   */
  constructor(
    readonly show: (text: string) => void,
    readonly label: string,
    readonly now: () => number,
  ) {
    super();
  }

  /** Starts the clock: the document has been read. */
  start(): void {
    this.#start ??= this.now();
  }

  /** Counts a token; see the class. */
  override _call(input_ids: bigint[][]): boolean[] {
    this.start();
    const seconds = ((this.now() - this.#start!) / 1000).toFixed(1);
    this.#tokens++;
    const tokens = `${this.#tokens} ${this.#tokens === 1 ? "token" : "tokens"}`;
    this.show(`${this.label} ${tokens}, ${seconds} s`);
    return input_ids.map(() => false);
  }
}

/**
 * Writes a text, and shows the encoder's layers, then tokens and seconds, if standard error is a
 * terminal.
 *
 * @param io Streams.
 * @param label Label of the line.
 * @param streams Whether the text is written to the same terminal meanwhile: then there is no line
 * once the document has been read.
 * @param run Writes with these options.
 * @param now The time in milliseconds.
 * @returns The result of `run`, after the line has been cleared.
 */
export function withWritingProgress<Result>(
  io: ModelIo,
  label: string,
  streams: boolean,
  run: (options: ProgressOptions) => Promise<Result>,
  now: () => number = () => performance.now(),
): Promise<Result> {
  return withProgressLine(io, (show) => {
    if (!show) return run({});
    show(`${label} …`);
    const showLayer = layerProgress(label, show);
    const tokens = new TokenProgress(show, label, now);
    return run({
      layer_callback: (done) => {
        showLayer(done);
        if (done.layer < done.layers) return;
        tokens.start();
        if (streams) show("");
      },
      ...(!streams && { stopping_criteria: tokens }),
    });
  });
}
