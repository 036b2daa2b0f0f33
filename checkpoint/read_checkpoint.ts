import type { Checkpoint } from "./checkpoint.ts";
import { readConfig } from "./config.ts";
import { openWeights } from "./open_weights.ts";
import type { CheckpointSource } from "./source.ts";
import { readSpecialTokenIds } from "./special_tokens.ts";

/**
 * Reads a checkpoint: its config, the headers of its weights, its special tokens if it has a
 * tokenizer.json (`findSpecialTokenIds()` of the tokenizer finds them in other vocabularies, too).
 * Tensors are loaded later, one by one.
 *
 * @param source The checkpoint's files.
 * @param overrides Keys that replace those of its `config.json`.
 * @returns The checkpoint.
 * @throws {RangeError | TypeError | SyntaxError} If a file is missing or malformed.
 *
 * @example
 * ```ts
 * import { MemorySource, readCheckpoint } from "@lsg/core/checkpoint";
 * import { assertRejects } from "@std/assert";
 *
 * const empty = new MemorySource({});
 * await assertRejects(() => readCheckpoint(empty), RangeError, "no config.json");
 * ```
 */
export async function readCheckpoint(
  source: CheckpointSource,
  overrides: Readonly<Record<string, unknown>> = {},
): Promise<Checkpoint> {
  const config = await readConfig(source, overrides);
  return {
    config,
    weights: await openWeights(source),
    specialTokens: await readSpecialTokenIds(source, config),
  };
}
