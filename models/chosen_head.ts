import { parseKnownConfig } from "../checkpoint/config.ts";
import type { LabelSettings } from "../checkpoint/labels.ts";
import { withNewHead } from "../checkpoint/new_head.ts";
import { withLabels } from "../checkpoint/with_labels.ts";
import type { Weights } from "../checkpoint/weights.ts";
import type { Head, ModelConfig } from "../families/families.ts";
import { Random } from "../tensor/random.ts";

/** Options of a head, as in `PreTrainedOptions`. */
interface HeadOptions extends LabelSettings {
  readonly new_head?: boolean;
  readonly ignore_mismatched_sizes?: boolean;
  readonly seed?: number;
}

const LABELS = ["num_labels", "id2label", "label2id"] as const;

/**
 * Gives a model the labels that the caller wants, and a head that the checkpoint lacks.
 *
 * @param config The checkpoint's config.
 * @param weights Its weights.
 * @param head The model's head.
 * @param options Labels, and whether what the head lacks is drawn.
 * @returns Config and weights with them.
 * @throws {RangeError} If the head has no labels, or there is none to draw.
 */
export function withChosenHead(
  config: ModelConfig,
  weights: Weights,
  head: Head,
  options: HeadOptions,
): { config: ModelConfig; weights: Weights } {
  const { seed = 0, ignore_mismatched_sizes: replacesMismatched = false } = options;
  const given = LABELS.find((name) => options[name] !== undefined);
  const { new_head = given !== undefined || replacesMismatched } = options;
  const isClassifier = head === "SequenceClassification" || head === "TokenClassification";
  if (given && !isClassifier) {
    throw new RangeError(
      `Cannot load a model with ${given}: ${head} has no labels` +
        (head === "Model" ? "" : "; new_head: true draws what the checkpoint lacks"),
    );
  }
  if (given) config = parseKnownConfig(withLabels(config.raw, options));
  if (!new_head) return { config, weights };
  if (head === "Model") {
    throw new RangeError("Cannot load a model with a new head: AutoModel has none");
  }
  return {
    config,
    weights: withNewHead(weights, config, head, { random: new Random(seed), replacesMismatched }),
  };
}
