import { assertRejects } from "@std/assert";
import { AutoModelForCausalLM } from "../../generation/mod.ts";
import { goldenPath } from "../models/golden_models.ts";
import { loadSeq2Seq } from "../models/seq2seq_models.ts";
import "../helpers/quiet_reference.ts";

type Generate = (...call: unknown[]) => Promise<unknown>;

const INPUTS = { input_ids: [[0, 5, 2]] };

Deno.test("arguments of generate() that are none are refused, settings in a second one too", async () => {
  using decoder = await AutoModelForCausalLM.from_pretrained(goldenPath("decoders/llama"), {
    device: "cpu",
  });
  using seq2seq = await loadSeq2Seq("bart");
  for (const model of [decoder, seq2seq]) {
    const generate = model.generate.bind(model) as Generate;
    for (
      const [call, message] of [
        [[null], "Cannot generate from null: wanted an object with input_ids"],
        [[5], "Cannot generate from 5: wanted an object with input_ids"],
        [[INPUTS, { max_length: 5 }], "settings stand beside input_ids"],
        [[INPUTS, null], "Cannot generate for the task null"],
      ] as const
    ) {
      await assertRejects(() => generate(...call), TypeError, message);
    }
  }
  await assertRejects(
    () => (seq2seq.generate as Generate).call(seq2seq),
    TypeError,
    "Cannot generate from undefined",
  );
});
