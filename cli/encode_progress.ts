/**
 * Progress of an encoding.
 *
 * @module
 */
import { drawBar } from "../base/draw_bar.ts";
import { plural } from "./plural.ts";

/** How far an encoding is. */
export interface EncodeCounts {
  /** Passages that are embedded. */
  readonly passages: number;
  /** Tokens of those that this process has embedded. */
  readonly tokens: number;
  /** Bytes of the input that are read and embedded. */
  readonly bytes: number;
  /** Bytes of them that an earlier process has embedded. */
  readonly restored: number;
}

/**
 * Describes how far an encoding is.
 *
 * @param counts The counts.
 * @param total Bytes of the input; undefined if nobody knows.
 * @param seconds Seconds since the first passage of this process.
 * @returns Passages, tokens a second and the time that is left, as far as they are known.
 */
export function describeProgress(
  { passages, tokens, bytes, restored }: EncodeCounts,
  total: number | undefined,
  seconds: number,
): string {
  const parts = [plural(passages, "passage")];
  if (tokens > 0 && seconds > 0) parts.push(`${Math.round(tokens / seconds)} tokens/s`);
  const done = bytes - restored;
  if (total === undefined || total === 0) return parts.join(", ");
  if (done > 0) parts.push(`${formatSeconds((total - bytes) * seconds / done)} left`);
  return `${drawBar(Math.min(1, bytes / total))} ${parts.join(", ")}`;
}

/**
 * Formats a time that is left.
 *
 * @param seconds The seconds.
 * @returns Seconds, minutes or hours.
 */
export function formatSeconds(seconds: number): string {
  if (seconds < 100) return `${Math.ceil(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}
