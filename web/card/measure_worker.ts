/**
 * The worker that measures the graphics card, so that the page stays responsive.
 *
 * It receives {@linkcode CardOptions} and posts a {@linkcode CardReport} for each figure.
 *
 * @module
 */
import {
  type CardFigure,
  type CardOptions,
  describeCard,
  measureCard,
} from "../../bench/gpu/measure_card.ts";

/** The card's name, then a figure at a time, then the end; or why not. */
export type CardReport =
  | { readonly card: string }
  | { readonly figure: CardFigure }
  | { readonly isDone: true }
  | { readonly error: string };

const worker = self as unknown as {
  onmessage: ((event: { data: CardOptions }) => void) | null;
  postMessage(report: CardReport): void;
};

worker.onmessage = ({ data }) => {
  measure(data).catch(({ message }) => worker.postMessage({ error: message }));
};

async function measure(options: CardOptions): Promise<void> {
  worker.postMessage({ card: await describeCard() });
  for await (const figure of measureCard(options)) worker.postMessage({ figure });
  worker.postMessage({ isDone: true });
}
