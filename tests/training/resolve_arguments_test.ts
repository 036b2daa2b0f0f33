import { assertEquals, assertThrows } from "@std/assert";
import { resolveArguments } from "../../training/resolve_arguments.ts";
import type { TrainingArguments } from "../../training/training_arguments.ts";

Deno.test("resolveArguments() has the defaults of transformers 4.36", () => {
  const args = resolveArguments({ output_dir: "out" });
  assertEquals(args, {
    output_dir: "out",
    overwrite_output_dir: false,
    learning_rate: 5e-5,
    per_device_train_batch_size: 8,
    per_device_eval_batch_size: 8,
    gradient_accumulation_steps: 1,
    num_train_epochs: 3,
    max_steps: -1,
    warmup_ratio: 0,
    warmup_steps: 0,
    weight_decay: 0,
    adam_beta1: 0.9,
    adam_beta2: 0.999,
    adam_epsilon: 1e-8,
    max_grad_norm: 1,
    lr_scheduler_type: "linear",
    label_smoothing_factor: 0,
    seed: 42,
    evaluation_strategy: "no",
    eval_steps: 500,
    save_strategy: "steps",
    save_steps: 500,
    logging_strategy: "steps",
    logging_steps: 500,
    logging_first_step: false,
    load_best_model_at_end: false,
    metric_for_best_model: undefined,
    greater_is_better: false,
    gradient_checkpointing: false,
    group_by_length: false,
    dataloader_drop_last: false,
    disable_tqdm: false,
  });
});

Deno.test("resolveArguments() derives what is absent", () => {
  assertEquals(resolveArguments({}).save_strategy, "no");
  assertEquals(resolveArguments({ logging_steps: 7 }).eval_steps, 7);
  assertEquals(resolveArguments({ seed: null } as unknown as TrainingArguments).seed, 42);
  // transformers clips `if args.max_grad_norm is not None and args.max_grad_norm > 0`.
  const unclipped = { max_grad_norm: null } as unknown as TrainingArguments;
  assertEquals(resolveArguments(unclipped).max_grad_norm, 0);
  const best = {
    output_dir: "out",
    evaluation_strategy: "epoch",
    save_strategy: "epoch",
    load_best_model_at_end: true,
  } as const;
  const metrics = (given: TrainingArguments) => {
    const { metric_for_best_model, greater_is_better } = resolveArguments({ ...best, ...given });
    return [metric_for_best_model, greater_is_better];
  };
  assertEquals(metrics({}), ["loss", false]);
  assertEquals(metrics({ metric_for_best_model: "eval_loss" }), ["eval_loss", false]);
  assertEquals(metrics({ metric_for_best_model: "accuracy" }), ["accuracy", true]);
  assertEquals(metrics({ metric_for_best_model: "error", greater_is_better: false }), [
    "error",
    false,
  ]);
});

Deno.test("resolveArguments() refuses unknown arguments, and names the closest", () => {
  const check = (given: object, part: string) =>
    assertThrows(() => resolveArguments(given), TypeError, part);
  check({ learning_rat: 1 }, "unknown argument learning_rat: did you mean learning_rate?");
  check({ batch: 1 }, "unknown argument batch: wanted output_dir, ");
  check({ fp16: true }, "Cannot train with fp16: parameters are trained in float32");
  check({ optim: "sgd" }, "Cannot train with optim: the optimizer is AdamW");
  check({ push_to_hub: true }, "nothing is uploaded");
  check({ report_to: "none" }, "callbacks get the logs");
  check([1], "unknown argument 0");
  assertThrows(() => resolveArguments("steps" as never), TypeError, "wanted an object");
});

Deno.test("resolveArguments() refuses wrong values", () => {
  const wrong: [TrainingArguments, string][] = [
    [{ learning_rate: -1 }, "learning_rate -1: wanted a finite number ≥ 0"],
    [{ learning_rate: Infinity }, "learning_rate"],
    [{ per_device_train_batch_size: 0 }, "a whole number ≥ 1"],
    [{ gradient_accumulation_steps: 1.5 }, "a whole number ≥ 1"],
    [{ num_train_epochs: 0 }, "above 0"],
    [{ max_steps: 0 }, "max_steps 0: wanted a whole number ≥ 1, or -1"],
    [{ warmup_ratio: 1.1 }, "from 0 to 1"],
    [{ adam_beta2: 1 }, "below 1"],
    [{ adam_epsilon: 0 }, "above 0"],
    [{ lr_scheduler_type: "polynomial" as never }, '"linear" or "cosine"'],
    [{ evaluation_strategy: "steps " as never }, '"no" or "steps" or "epoch"'],
    [{ seed: -1 }, "from 0 to 4294967295"],
    [{ save_total_limit: 0 }, "≥ 1"],
    [{ save_strategy: "epoch" }, "no output_dir"],
    [{ output_dir: "" }, "wanted a folder"],
    [{ output_dir: "o", load_best_model_at_end: true }, "wanted the same"],
    [{
      output_dir: "o",
      load_best_model_at_end: true,
      evaluation_strategy: "steps",
      eval_steps: 3,
      save_steps: 4,
    }, "wanted a multiple"],
  ];
  for (const [given, part] of wrong) {
    assertThrows(() => resolveArguments(given), RangeError, part);
  }
  const types = [{ learning_rate: "1" }, { group_by_length: 1 }, { output_dir: 1 }];
  for (const given of types) {
    assertThrows(() => resolveArguments(given as object), TypeError);
  }
});
