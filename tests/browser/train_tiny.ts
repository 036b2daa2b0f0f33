/** A training of a tiny model, in a page, in its worker and in Deno alike. */
import { AutoModelForMaskedLM } from "../../models/mod.ts";
import type { BackendName } from "../../ops/backend.ts";
import { Random } from "../../tensor/random.ts";
import { IGNORED, Trainer } from "../../training/mod.ts";

/** The model, below `tests/golden`; its choice of keys depends on no number. */
export const TRAINED = "models/bert_lsg_stride";

/** What a training made. */
export interface Trained {
  /** The loss of each step. */
  readonly losses: readonly number[];
  /** Some values of each parameter. */
  readonly parameters: Readonly<Record<string, readonly number[]>>;
}

/** Learning rate and steps. */
export const RATE = 2e-3;
export const STEPS = 3;

const TOKENS = 37;

/** Sentences of drawn ids, a quarter of which is to be predicted. */
function drawExamples() {
  const random = new Random(5);
  const draw = () => 5 + Math.floor(random.uniform() * 80);
  return Array.from({ length: 8 }, () => {
    const input_ids = Array.from({ length: TOKENS }, draw);
    const labels = input_ids.map(() => random.uniform() < 0.25 ? draw() : IGNORED);
    return { input_ids, labels };
  });
}

/**
 * Trains the model with the Trainer: warm-up, accumulation, clipping, dropout of its config.
 *
 * @param folder Path or URL of the model.
 * @param device The backend.
 * @returns Losses and parameters.
 */
export async function trainTiny(folder: string, device: BackendName): Promise<Trained> {
  const model = await AutoModelForMaskedLM.from_pretrained(folder, { device });
  const trainer = new Trainer({
    model,
    train_dataset: drawExamples(),
    data_collator: (examples) => ({
      input_ids: examples.map(({ input_ids }) => input_ids),
      attention_mask: examples.map(({ input_ids }, row) =>
        // Every other sequence ends with padding.
        input_ids.map((_, i) => row % 2 === 1 && i >= TOKENS - 9 ? 0 : 1)
      ),
      labels: examples.map(({ labels }, row) =>
        labels.map((label, i) => row % 2 === 1 && i >= TOKENS - 9 ? IGNORED : label)
      ),
    }),
    args: {
      learning_rate: RATE,
      max_steps: STEPS,
      warmup_steps: 1,
      per_device_train_batch_size: 2,
      gradient_accumulation_steps: 2,
      logging_steps: 1,
      disable_tqdm: true,
    },
  });
  await trainer.train();
  const parameters: Record<string, number[]> = {};
  for (const [name, tensor] of model.named_parameters()) {
    parameters[name] = [...(await tensor.getData()).slice(0, 64)];
  }
  const losses = trainer.state.log_history.flatMap(({ loss }) =>
    typeof loss === "number" ? [loss] : []
  );
  model.dispose();
  return { losses, parameters };
}
