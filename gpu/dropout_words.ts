import type { DropoutSettings } from "../ops/dropout.ts";
import { floatWord } from "./machine/commands.ts";

/**
 * The words of a dropout.
 *
 * @param dropout Key, threshold and factor; absent: everything is kept.
 * @returns Key, threshold, and the bits of the factor.
 */
export function dropoutWords(
  dropout: DropoutSettings = { key: 0, threshold: 0, factor: 1 },
): [number, number, number] {
  return [dropout.key, dropout.threshold, floatWord(dropout.factor)];
}
