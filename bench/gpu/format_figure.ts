/**
 * Figures of a graphics processor as cells of a table.
 *
 * @module
 */
import type { CardFigure } from "./measure_card.ts";

/** Headings of the table. */
export const HEADINGS = ["what", "time", "rate", "limit", "share", "note"] as const;

/**
 * Formats a figure.
 *
 * @param figure The figure.
 * @returns A cell for each of {@linkcode HEADINGS}.
 */
export function formatFigure({ name, seconds, rate, note = "" }: CardFigure): string[] {
  return [
    name,
    seconds === 0 ? "" : formatTime(seconds),
    rate ? `${digits(rate.value)} ${rate.unit}` : "",
    rate?.limit === undefined ? "" : `${digits(rate.limit)} ${rate.unit}`,
    rate?.limit === undefined ? "" : `${(100 * rate.value / rate.limit).toFixed(0)} %`,
    note,
  ];
}

function formatTime(seconds: number): string {
  if (seconds >= 1) return `${digits(seconds)} s`;
  return seconds >= 1e-3 ? `${digits(1e3 * seconds)} ms` : `${digits(1e6 * seconds)} µs`;
}

/** Three digits, or all of a whole number's. */
function digits(value: number): string {
  const size = Math.max(0, 2 - Math.floor(Math.log10(Math.max(value, 1e-9))));
  return value.toLocaleString("en", {
    minimumFractionDigits: Math.min(size, 3),
    maximumFractionDigits: Math.min(size, 3),
  });
}
