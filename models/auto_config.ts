/**
 * Configs of checkpoints of any family.
 *
 * @module
 */
import { isJsonObject } from "../base/json.ts";
import { checkNames } from "../base/check_options.ts";
import { showValue } from "../base/show_value.ts";
import { readConfig } from "../checkpoint/config.ts";
import type { CheckpointSource } from "../checkpoint/source.ts";
import type { ModelConfig } from "../families/model_config.ts";
import { openCheckpoint } from "../hub/open_checkpoint.ts";
import { HUB_OPTIONS, type HubOptions } from "../hub/options.ts";

/** Options of reading a config. */
export interface ConfigOptions extends HubOptions {
  /** Keys that replace those of `config.json`. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/**
 * Reads a checkpoint's config without its weights.
 *
 * @example
 * ```ts
 * import { AutoConfig } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * const config = await AutoConfig.from_pretrained("ccdv/lsg-base-4096");
 * assertEquals([config.model_type, config.lsg?.sparsity_type], ["roberta", "norm"]);
 * ```
 */
export class AutoConfig {
  /**
   * Reads a config.
   *
   * @param checkpoint A folder, `owner/name` on the hub, a URL, or a source of files.
   * @param options Overrides; revision, cache, token, progress, signal.
   * @returns The config, checked, with defaults; `raw` has all keys of the file.
   * @throws {TypeError} If an option is unknown or of the wrong type.
   * @throws {RangeError} If the file is missing, or a value is not supported.
   * @throws {SyntaxError} If the file is malformed.
   * @throws `options.signal.reason` If that signal aborts.
   */
  static async from_pretrained(
    checkpoint: string | URL | CheckpointSource,
    options: ConfigOptions = {},
  ): Promise<ModelConfig> {
    options = checkNames("Cannot read a config", options, ["config", ...HUB_OPTIONS]);
    const overrides: unknown = options.config;
    if (overrides !== undefined && (!isJsonObject(overrides) || overrides.raw)) {
      throw new TypeError(
        `Cannot read a config with config ${showValue(overrides)}: wanted an object of keys of ` +
          "config.json, which a read config has in raw",
      );
    }
    return await readConfig(await openCheckpoint(checkpoint, options), options.config);
  }
}
