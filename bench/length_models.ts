/**
 * Variants of the embedded model whose cost is measured over text length.
 *
 * @module
 */
import { fromFileUrl } from "@std/path";
import type { BackendName } from "../ops/backend.ts";
import {
  FolderSource,
  MappedWeights,
  modelParameters,
  openWeights,
  parseConfig,
  readConfig,
  resolveModelWeights,
  type WeightReference,
} from "../checkpoint/mod.ts";
import { lengthenPositions } from "../checkpoint/conversion/lengthen_positions.ts";
import { AutoModel, EncoderModel, loadParts } from "../models/mod.ts";
import { COST, type NamedPattern } from "./patterns.ts";

const MODEL = fromFileUrl(new URL("../demo/model", import.meta.url));

/** A named model. */
export interface LengthModel {
  /** Name for tables. */
  readonly name: string;
  /** Number of leading tokens that a mask makes global. */
  readonly globals: number;
  /** Loads the model for texts of a number of tokens. */
  readonly open: (device: BackendName, tokens: number) => Promise<EncoderModel>;
}

const [full, longformer, ...others] = COST.map(embeddedModel);

/**
 * The models. LSG has one global token. Longformer attention has none when it replaces the model's
 * own; a Longformer checkpoint can have one.
 */
export const LENGTH_MODELS: readonly LengthModel[] = [
  full,
  longformer,
  { name: "Longformer 512 + 1 global", globals: 1, open: openLongformer },
  ...others,
];

function embeddedModel({ name, options }: NamedPattern): LengthModel {
  return {
    name,
    globals: 0,
    open: (device, tokens) => AutoModel.from_pretrained(MODEL, { ...options(tokens), device }),
  };
}

/**
 * Opens the embedded model as a Longformer checkpoint. The projections of global tokens are copies of
 * the others, as in Beltagy et al. (2020), section 5.
 */
async function openLongformer(device: BackendName, tokens: number): Promise<EncoderModel> {
  const source = new FolderSource(MODEL);
  const roberta = await readConfig(source);
  const weights = resolveModelWeights(await openWeights(source), roberta, "Model");
  const config = parseConfig({ ...roberta.raw, model_type: "longformer", attention_window: 512 });
  const references = modelParameters(config, "Model").map(({ name }): [string, WeightReference] => [
    name,
    { weights, name: name.replace("_global", "") },
  ]);
  const present = references.filter(([, { name }]) => weights.has(name)); // the model has no pooler
  const longer = await lengthenPositions(config, new MappedWeights(present), tokens, false);
  return new EncoderModel(await loadParts(longer.config, longer.weights, { device }));
}
