/**
 * Models whose cost is measured over length: the embedded one, with attentions that are compared.
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
import { EFFICIENCY, type NamedPattern } from "./patterns.ts";

const MODEL = fromFileUrl(new URL("../demo/model", import.meta.url));

/** A model by a name for tables. */
export interface LengthModel {
  /** The name. */
  readonly name: string;
  /** How many of the first tokens are made global by a mask. */
  readonly globals: number;
  /** Loads it for texts of so many tokens. */
  readonly open: (device: BackendName, tokens: number) => Promise<EncoderModel>;
}

const [full, longformer, ...others] = EFFICIENCY.map(embedded);

/**
 * The models. LSG has one global token; in place of the model's own attention Longformer's has none,
 * a checkpoint of Longformer can have one.
 */
export const LENGTH_MODELS: readonly LengthModel[] = [
  full,
  longformer,
  { name: "Longformer 512 + 1 global", globals: 1, open: openLongformer },
  ...others,
];

function embedded({ name, options }: NamedPattern): LengthModel {
  return {
    name,
    globals: 0,
    open: (device, tokens) => AutoModel.from_pretrained(MODEL, { ...options(tokens), device }),
  };
}

/**
 * The embedded model as a checkpoint of Longformer: its projections for global tokens start as
 * copies of the others, as in Beltagy et al. (2020), section 5.
 */
async function openLongformer(device: BackendName, tokens: number): Promise<EncoderModel> {
  const source = new FolderSource(MODEL);
  const roberta = await readConfig(source);
  const weights = resolveModelWeights(await openWeights(source), roberta, "Model");
  const config = parseConfig({ ...roberta.raw, model_type: "longformer", attention_window: 512 });
  const places = modelParameters(config, "Model").map(({ name }): [string, WeightReference] => [
    name,
    { weights, name: name.replace("_global", "") },
  ]);
  const present = places.filter(([, place]) => weights.has(place.name)); // there is no pooler
  const longer = await lengthenPositions(config, new MappedWeights(present), tokens, false);
  return new EncoderModel(await loadParts(longer.config, longer.weights, { device }));
}
