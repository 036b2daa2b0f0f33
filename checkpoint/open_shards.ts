/**
 * Weights in several files.
 *
 * @module
 */
import { isJsonObject } from "../base/json.ts";
import { showName, showNames } from "../base/show_value.ts";
import { MappedWeights, type WeightReference } from "./mapped_weights.ts";
import { assertPlainFileName, type CheckpointFile, type CheckpointSource } from "./source.ts";
import type { Weights } from "./weights.ts";

/** A format of weights. */
export interface WeightFormat {
  /** Name of the file that holds all weights. */
  readonly single: string;
  /** Name of the file that lists the shards. */
  readonly index: string;
  /** Opens a file or a shard. */
  readonly open: (file: CheckpointFile) => Promise<Weights>;
}

/** Returns file names by tensor names. */
function parseIndex(index: Record<string, unknown>, origin: string): Map<string, string> {
  const { weight_map: weightMap } = index;
  if (!isJsonObject(weightMap)) {
    throw new TypeError(`${origin}: weight_map must be an object`);
  }
  return new Map(
    Object.entries(weightMap).map(([name, fileName]) => {
      if (typeof fileName !== "string") {
        throw new TypeError(
          `${origin}: the file of tensor ${showName(name)} must be a string`,
        );
      }
      assertPlainFileName(fileName);
      return [name, fileName];
    }),
  );
}

/**
 * Opens the shards that an index lists.
 *
 * @param source The checkpoint's files.
 * @param format Their format.
 * @param index The content of its index.
 * @returns The weights.
 * @throws {RangeError} If the index and the shards disagree.
 * @throws {TypeError} If the index is malformed.
 */
export async function openShards(
  source: CheckpointSource,
  format: WeightFormat,
  index: Record<string, unknown>,
): Promise<Weights> {
  const fileOfTensor = parseIndex(index, `${source.name}/${format.index}`);
  const references = new Map<string, WeightReference>();
  const shards = new Map<string, Weights>();
  for (const fileName of new Set(fileOfTensor.values())) {
    const shard = await openShard(source, format, fileName);
    shards.set(fileName, shard);
    for (const name of shard.names()) {
      const listed = fileOfTensor.get(name);
      if (listed !== fileName) {
        throw new RangeError(
          `${source.name}: ${fileName} holds tensor ${showName(name)}, which ${format.index} ` +
            (listed === undefined ? "does not list" : `lists in ${showName(listed)}`),
        );
      }
      references.set(name, { weights: shard, name });
    }
  }
  const missing = [...fileOfTensor].filter(([name, file]) => !shards.get(file)!.has(name));
  if (missing.length > 0) {
    throw new RangeError(
      `${source.name}: tensors are missing from the files in which ${format.index} lists them: ` +
        showNames(missing.map(([name, fileName]) => `${name} (${fileName})`)),
    );
  }
  return new MappedWeights(references);
}

async function openShard(
  source: CheckpointSource,
  format: WeightFormat,
  fileName: string,
): Promise<Weights> {
  const file = await source.open(fileName);
  if (file === undefined) {
    throw new RangeError(
      `${source.name}: ${format.index} lists ${showName(fileName)}, which is missing`,
    );
  }
  return await format.open(file);
}
