import { assertEquals, assertThrows } from "@std/assert";
import { resolveArguments } from "../../training/resolve_arguments.ts";
import { formatState, newState, parseState } from "../../training/trainer_state.ts";

const state = {
  ...newState(resolveArguments({})),
  epoch: 0.1 + 0.2,
  global_step: 3,
  log_history: [{ loss: 1 / 3, step: 1 }],
  best_metric: -1e-300,
  best_model_checkpoint: "out/checkpoint-2",
};

Deno.test("a state is read as it was written, to the last bit", () => {
  const callbacks = { EarlyStoppingCallback: { early_stopping_patience_counter: 1 } };
  // The keys of TrainerState in transformers 4.36: load_from_json refuses others.
  const text = formatState({ ...state, stateful_callbacks: callbacks });
  assertEquals(parseState(text, "trainer_state.json"), state);
  // Earlier versions wrote what callbacks remember here.
  const earlier = JSON.stringify({ ...JSON.parse(text), stateful_callbacks: callbacks });
  assertEquals(parseState(earlier, "trainer_state.json").stateful_callbacks, callbacks);
  assertEquals(Object.keys(JSON.parse(text)), [
    "best_metric",
    "best_model_checkpoint",
    "epoch",
    "eval_steps",
    "global_step",
    "is_hyper_param_search",
    "is_local_process_zero",
    "is_world_process_zero",
    "log_history",
    "logging_steps",
    "max_steps",
    "num_input_tokens_seen",
    "num_train_epochs",
    "save_steps",
    "total_flos",
    "train_batch_size",
    "trial_name",
    "trial_params",
  ]);
});

Deno.test("parseState() refuses what is not a state", () => {
  const json = JSON.parse(formatState(state));
  const wrong: [object, string][] = [
    [{ global_step: undefined }, "global_step is undefined, wanted a whole number ≥ 0"],
    [{ global_step: 1.5 }, "global_step is 1.5"],
    [{ epoch: -1 }, "epoch is -1"],
    [{ epoch: "1" }, "epoch is"],
    [{ log_history: {} }, "log_history is"],
    [{ log_history: [{ loss: "1" }] }, "log_history is"],
    [{ log_history: [null] }, "log_history is"],
    [{ best_metric: "1" }, "best_metric is"],
    [{ best_model_checkpoint: 1 }, "best_model_checkpoint is 1"],
  ];
  for (const [change, part] of wrong) {
    const text = JSON.stringify({ ...json, ...change });
    assertThrows(() => parseState(text, "file"), SyntaxError, `Cannot read file: ${part}`);
  }
  for (const text of ["", "[]", '{"epoch": 1, "epoch": 2}', "null"]) {
    assertThrows(() => parseState(text, "file"), SyntaxError, "file");
  }
});
