import { assertEquals } from "@std/assert";
import { formatTime, ProgressCallback } from "../../training/progress_callback.ts";
import type { TrainerState } from "../../training/trainer_state.ts";

Deno.test("formatTime() formats minutes and hours", () => {
  assertEquals([0, 59.6, 65, 3599, 3600, 7265].map(formatTime), [
    ...["0:00", "1:00", "1:05", "59:59", "1:00:00", "2:01:05"],
  ]);
});

Deno.test("ProgressCallback shows steps, loss, rate, speed and the time that is left", () => {
  const shown: string[] = [];
  let time = 0;
  const callback = new ProgressCallback({ show: (text) => shown.push(text), now: () => time });
  const state = (global_step: number, num_input_tokens_seen: number) =>
    ({ global_step, num_input_tokens_seen, max_steps: 48 }) as TrainerState;
  const none = {} as never;
  callback.on_train_begin(none, state(12, 5000));
  callback.on_substep_end(none, state(12, 5500), none, { loss: 1.23456 } as never);
  time = 2000;
  callback.on_step_end(none, state(13, 6000), none, { loss: 2.5 } as never);
  callback.on_log(none, none, none, { logs: { learning_rate: 4.56e-5 } } as never);
  callback.on_substep_end(none, state(13, 6500), none, { loss: 0.5 } as never);
  for (const batch of [1, 2]) {
    callback.on_prediction_step(none, none, none, { batch, batches: 2 } as never);
  }
  callback.on_train_end();
  const bar = "██████··················";
  assertEquals(shown, [
    `Training ${bar} step 12 of 48`,
    `Training ${bar} step 12 of 48, loss 1.235`,
    `Training ${bar} step 13 of 48, loss 2.500, 500 tokens/s, 1:10 left`,
    `Training ${bar} step 13 of 48, loss 0.5000, rate 0.000046, 500 tokens/s, 1:10 left`,
    `Evaluating ████████████············ batch 1 of 2`,
    "",
    "",
  ]);
});
