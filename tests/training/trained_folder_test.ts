/** What users do with the folder of a trained model. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { openBackend } from "../../device.ts";
import {
  AutoModelForSequenceClassification,
  type SequenceClassification,
} from "../../models/mod.ts";
import { pipeline } from "../../pipelines/mod.ts";
import { AutoTokenizer } from "../../tokenizer/mod.ts";
import { AdamW } from "../../training/adam_w.ts";
import { lossOf } from "../../training/head_loss.ts";
import { Tape } from "../../training/tape.ts";
import { selectTrainable } from "../../training/trainable.ts";
import { warningsOf } from "../helpers/warnings_of.ts";
import { withFolder } from "../helpers/with_folder.ts";
import { goldenPath } from "../models/golden_models.ts";
import "../helpers/quiet_reference.ts";

const TEXTS = { granted: "The house, by the sea.", refused: "And the old man said no word." };

Deno.test("a trained folder is a checkpoint for pipelines and tokenizers, with its labels", () =>
  withFolder(async (folder) => {
    using device = await openBackend("wasm", { threads: 1 });
    let loaded: SequenceClassification | undefined;
    const [warning] = await warningsOf(async () => {
      loaded = await AutoModelForSequenceClassification.from_pretrained(
        goldenPath("conversion/roberta_512"),
        {
          device,
          id2label: ["refused", "granted"],
          lsg: { max_sequence_length: 1024, num_global_tokens: 2 },
        },
      );
    });
    assert(warning.includes("drawn at random"));
    using model = loaded!;
    const tokenizer = await AutoTokenizer.from_pretrained(goldenPath("conversion/roberta_512"));
    const { input_ids, attention_mask } = await tokenizer(Object.values(TEXTS), { padding: true });
    const trained = selectTrainable(model, "globals");
    const tape = new Tape(device, trained.map(([, tensor]) => tensor));
    const optimizer = new AdamW(device, trained);
    for (let step = 0; step < 8; step++) {
      const { seeds, dispose } = await lossOf(model.on(tape), {
        input_ids,
        attention_mask,
        labels: [1, 0],
      });
      await tape.backward(...seeds);
      dispose();
      await optimizer.step(tape.gradients, 0.05);
      tape.zero();
    }
    await model.save_pretrained(`${folder}/trained`);
    const classify = await pipeline("text-classification", `${folder}/trained`, { device });
    for (const [label, text] of Object.entries(TEXTS)) {
      const [best] = await classify(text);
      assertEquals(best.label, label);
      assert(best.score > 0.5);
    }
    const { logits } = await model(await tokenizer(TEXTS.granted));
    const [{ score }] = await classify(TEXTS.granted);
    const [refused, granted] = logits.data;
    assertAlmostEquals(score, 1 / (1 + Math.exp(refused - granted)), 1e-6);
    const saved = await AutoTokenizer.from_pretrained(`${folder}/trained`);
    assertEquals(saved.model_max_length, 1024);
    const [again, before] = await Promise.all(
      [saved, tokenizer].map((each) => each(TEXTS.refused)),
    );
    assertEquals(again.input_ids.tolist(), before.input_ids.tolist());
    classify.dispose();
    [() => logits.dispose(), () => optimizer.dispose(), () => tape.dispose()].forEach((end) =>
      end()
    );
  }));

Deno.test("what a classification was trained for is saved: labels that do not exclude each other", () =>
  withFolder(async (folder) => {
    using device = await openBackend("wasm", { threads: 1 });
    const path = goldenPath("pipelines/roberta_topics");
    using model = await AutoModelForSequenceClassification.from_pretrained(path, {
      device,
      config: { problem_type: undefined },
    });
    assertEquals(model.config.raw.problem_type, undefined);
    const labels = [[1, 0, 1, 0]];
    const { dispose } = await lossOf(model, { input_ids: [[0, 5, 6, 2]], labels });
    dispose();
    await model.save_pretrained(`${folder}/trained`);
    const classify = await pipeline("text-classification", `${folder}/trained`, { device });
    const scores = await classify(TEXTS.granted, { top_k: null });
    const { logits } = await model(
      await (await AutoTokenizer.from_pretrained(path))(TEXTS.granted),
    );
    assertEquals(classify.model.config.raw.problem_type, "multi_label_classification");
    for (const { label, score } of scores) {
      const logit = logits.data[model.config.id2label.indexOf(label)];
      assertAlmostEquals(score, 1 / (1 + Math.exp(-logit)), 1e-6);
    }
    [classify, logits].forEach((each) => each.dispose());
  }));

Deno.test("sentences have the vectors that they had, from the saved folder", () =>
  withFolder(async (folder) => {
    using device = await openBackend("wasm", { threads: 1 });
    const path = goldenPath("pipelines/bert_sentences");
    const embed = await pipeline("feature-extraction", path, { device });
    await embed.model.save_pretrained(`${folder}/saved`);
    const again = await pipeline("feature-extraction", `${folder}/saved`, { device });
    const [wanted, made] = await Promise.all([embed, again].map((each) => each(TEXTS.granted)));
    assertEquals([made.dims, made.data], [wanted.dims, wanted.data]);
    [embed, again].forEach((each) => each.dispose());
  }));
