import { checkNames } from "../base/check_options.ts";
import { type CheckpointSource, readJsonObject } from "../checkpoint/source.ts";
import { openCheckpoint } from "../hub/open_checkpoint.ts";
import { HUB_OPTIONS, type HubOptions } from "../hub/options.ts";
import type { PreTrainedTokenizer } from "./pre_trained_tokenizer.ts";
import { tokenizerFromFiles } from "./tokenizer_from_files.ts";

/** Loads the tokenizer of a checkpoint. */
export class AutoTokenizer {
  /**
   * Reads tokenizer.json and, if present, tokenizer_config.json, special_tokens_map.json and the
   * model type in config.json.
   *
   * @param checkpoint A folder, `owner/name` on the hub, a URL, or a source of files.
   * @param options Revision, cache, token, progress.
   * @returns The tokenizer.
   * @throws {RangeError} If there is no tokenizer.json, or a number in a file is out of bounds.
   * @throws {SyntaxError} If a file is not a JSON object.
   * @throws {TypeError} If a file is malformed, or a part of it is not supported.
   *
   * @example
   * ```ts
   * import { AutoTokenizer } from "@lsg/core/tokenizer";
   * import { assertEquals } from "@std/assert";
   *
   * const tokenizer = await AutoTokenizer.from_pretrained("tests/golden/tokenizer/roberta");
   * assertEquals(tokenizer.mask_token, "<mask>");
   * assertEquals(tokenizer("One <mask>.").input_ids.dims[0], 1);
   * ```
   */
  static async from_pretrained(
    checkpoint: string | URL | CheckpointSource,
    options: HubOptions = {},
  ): Promise<PreTrainedTokenizer> {
    options = checkNames("Cannot load a tokenizer", options, HUB_OPTIONS);
    const source = await openCheckpoint(checkpoint, options);
    const tokenizerJson = await readJsonObject(source, "tokenizer.json");
    if (tokenizerJson === undefined) {
      throw new RangeError(
        `Cannot load a tokenizer from ${source.name}: it has no tokenizer.json; in Python, ` +
          "AutoTokenizer.from_pretrained(folder).save_pretrained(folder) of transformers makes one",
      );
    }
    const tokenizerConfig = await readJsonObject(source, "tokenizer_config.json");
    const specialTokensMap = await readJsonObject(source, "special_tokens_map.json");
    const modelConfig = await readJsonObject(source, "config.json");
    return tokenizerFromFiles(
      { tokenizerJson, tokenizerConfig, specialTokensMap, modelConfig },
      `${source.name}/tokenizer.json`,
    );
  }
}
