/**
 * The rows of Table 2 in miniature: ways to read a passage.
 *
 * @module
 */
import type { SparsityType } from "../../attention/mod.ts";
import type { CheckpointSource } from "../../checkpoint/mod.ts";
import { AutoModelForSequenceClassification, type PreTrainedOptions } from "../../models/mod.ts";
import { asLongformer } from "./as_longformer.ts";
import { LONG, SHORT } from "./passages.ts";

type Classifier = Awaited<
  ReturnType<typeof AutoModelForSequenceClassification.from_pretrained>
>;

/** Options of a load that are the same for all readers. */
export type LoadOptions = Pick<PreTrainedOptions, "device" | "seed">;

/** A way to read a passage. */
export interface Reader {
  /** Name for the command line and in results. */
  readonly name: string;
  /** Name for tables. */
  readonly title: string;
  /** Tokens that it reads at a time. */
  readonly tokens: number;
  /** Loads a vanilla classifier with the reader's attention. */
  readonly load: (source: CheckpointSource, options: LoadOptions) => Promise<Classifier>;
}

/** Tokens that a token of Longformer sees around it. */
const WINDOW = 512;

function convert(name: string, title: string, options: PreTrainedOptions): Reader {
  return {
    name,
    title,
    tokens: LONG,
    load: (source, given) =>
      AutoModelForSequenceClassification.from_pretrained(source, { ...options, ...given }),
  };
}

const TYPES: readonly SparsityType[] = [
  "norm",
  "pooling",
  "bos_pooling",
  "lsh",
  "stride",
  "block_stride",
];

/** The rows. */
export const READERS: readonly Reader[] = [
  { ...convert("full_512", "full, 512 tokens", {}), tokens: SHORT },
  {
    name: "longformer",
    title: `Longformer ${WINDOW}`,
    tokens: LONG,
    load: async (source, given) =>
      AutoModelForSequenceClassification.from_pretrained(
        await asLongformer(source, LONG, WINDOW),
        given,
      ),
  },
  convert("bigbird", "BigBird 64", { attention: { type: "bigbird", max_sequence_length: LONG } }),
  convert("lsg_local", "LSG 256/0", {
    lsg: { max_sequence_length: LONG, block_size: 256, sparsity_type: "none" },
  }),
  ...TYPES.map((sparsity_type) =>
    convert(`lsg_${sparsity_type}`, `LSG ${sparsity_type} 128/4`, {
      lsg: { max_sequence_length: LONG, sparsity_type, sparsity_factor: 4 },
    })
  ),
];
