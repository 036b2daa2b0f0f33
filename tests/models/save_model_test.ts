import { assert, assertEquals, assertRejects } from "@std/assert";
import { FolderSource } from "../../checkpoint/folder_source.ts";
import { MemorySource } from "../../checkpoint/memory_source.ts";
import { openWeights } from "../../checkpoint/open_weights.ts";
import { readBytes, readJsonObject } from "../../checkpoint/source.ts";
import { openBackend } from "../../device.ts";
import {
  type AutoClass,
  AutoModel,
  AutoModelForMaskedLM,
  AutoModelForMultipleChoice,
  AutoModelForPreTraining,
  AutoModelForQuestionAnswering,
  AutoModelForSequenceClassification,
  AutoModelForTokenClassification,
  type PreTrainedModel,
} from "../../models/mod.ts";
import { AutoModelForCausalLM, AutoModelForSeq2SeqLM } from "../../generation/mod.ts";
import { AdamW } from "../../training/adam_w.ts";
import { lossOf } from "../../training/head_loss.ts";
import { Tape } from "../../training/tape.ts";
import { selectTrainable } from "../../training/trainable.ts";
import { testOnBackend } from "../helpers/backends.ts";
import { tinyCheckpoint } from "../helpers/tiny_checkpoint.ts";
import { withNewFolder } from "../helpers/with_folder.ts";
import { goldenPath } from "./golden_models.ts";
import "../helpers/quiet_reference.ts";

/** A saved model of each class: the class that loads it, and the names that its file must have. */
const MODELS: readonly [string, AutoClass<PreTrainedModel<unknown>>][] = [
  ["models/roberta_model", AutoModel],
  ["models/lsg_norm", AutoModelForMaskedLM],
  ["models/roberta_untied", AutoModelForMaskedLM],
  ["models/albert_lsg_norm", AutoModelForMaskedLM],
  ["models/distilbert_lsg_norm", AutoModelForMaskedLM],
  ["models/electra_lsg_norm", AutoModelForMaskedLM],
  ["models/longformer", AutoModelForMaskedLM],
  ["models/modernbert", AutoModelForMaskedLM],
  ["models/modernbert_types", AutoModelForMaskedLM],
  ["models/modernbert_model", AutoModel],
  ["heads/bert_causal_lm", AutoModelForCausalLM],
  ["heads/bert_sequence_classification", AutoModelForSequenceClassification],
  ["heads/bert_token_classification", AutoModelForTokenClassification],
  ["heads/bert_question_answering", AutoModelForQuestionAnswering],
  ["heads/bert_multiple_choice", AutoModelForMultipleChoice],
  ["heads/modernbert_sequence_classification_mean", AutoModelForSequenceClassification],
  ["heads/electra_pre_training", AutoModelForPreTraining],
  ["seq2seq/bart", AutoModelForSeq2SeqLM],
  ["seq2seq/bart_untied", AutoModelForSeq2SeqLM],
  ["seq2seq/bart_lsg_norm", AutoModelForSeq2SeqLM],
  ["seq2seq/bart_lsg_model", AutoModel],
  ["seq2seq/bart_lsg_sequence_classification", AutoModelForSequenceClassification],
  ["seq2seq/led", AutoModelForSeq2SeqLM],
  ["seq2seq/mbart_lsg_norm", AutoModelForSeq2SeqLM],
  ["seq2seq/pegasus_lsg_norm", AutoModelForSeq2SeqLM],
];

/** Tensors of golden files that transformers does not save: copies, and parts that no head runs. */
const NOT_SAVED: Readonly<Record<string, RegExp>> = {
  "models/lsg_norm": /pooler/,
  "models/albert_lsg_norm": /pooler/,
  "models/longformer": /pooler/,
};

const device = await openBackend("cpu");

for (const [path, autoClass] of MODELS) {
  Deno.test(`${path}: saved under the names and with the values of transformers' file`, () =>
    withNewFolder(async (folder) => {
      const [from, saved] = [goldenPath(path), new FolderSource(folder)].map((source) =>
        typeof source === "string" ? new FolderSource(source) : source
      );
      using model = await autoClass.from_pretrained(goldenPath(path), { device });
      await model.save_pretrained(folder);
      const [original, weights] = await Promise.all([openWeights(from), openWeights(saved)]);
      assertEquals(
        weights.names().toSorted(),
        original.names().filter((name) => !NOT_SAVED[path]?.test(name)).toSorted(),
      );
      for (const name of weights.names()) {
        assertEquals(weights.dims(name), original.dims(name));
        assertEquals(await weights.load(name), await original.load(name), name);
      }
      const [config, before] = await Promise.all(
        [saved, from].map((source) => readJsonObject(source, "config.json")),
      );
      assertEquals(config!.architectures, before!.architectures);
      // It loads again, as what it was.
      using copy = await autoClass.from_pretrained(folder, { device });
      assertEquals(copy.config.lsg, model.config.lsg);
      assertEquals(copy.config.id2label, model.config.id2label);
    }));
}

Deno.test("the tokenizer and the labels of a model are saved with it", () =>
  withNewFolder(async (folder) => {
    const from = new FolderSource(goldenPath("pipelines/roberta_topics"));
    const before = await readJsonObject(from, "tokenizer_config.json");
    using model = await AutoModelForSequenceClassification.from_pretrained(from, {
      device,
      config: {
        id2label: { 0: "yes", 1: "no", 2: "maybe", 3: "so" },
        auto_map: { AutoModel: "evil.Model" },
      },
    });
    await model.save_pretrained(folder);
    const files = [...(await new FolderSource(folder).list()).keys()];
    assertEquals(files.includes("tokenizer.json"), true);
    assertEquals(files.filter((name) => /model|golden|config/.test(name)), [
      "config.json",
      "model.safetensors",
      "tokenizer_config.json",
    ]);
    const saved = new FolderSource(folder);
    const config = (await readJsonObject(saved, "config.json"))!;
    assertEquals(config.id2label, { 0: "yes", 1: "no", 2: "maybe", 3: "so" });
    assertEquals(config.label2id, { yes: 0, no: 1, maybe: 2, so: 3 });
    assertEquals(config.auto_map, undefined);
    assertEquals(await readJsonObject(saved, "tokenizer_config.json"), before);
  }));

Deno.test("chat templates, of whatever file, are saved with a model", async () => {
  const templates = {
    "chat_template.jinja": "one",
    "additional_chat_templates/tools.jinja": "two",
  };
  const from = await tinyCheckpoint("CausalLM", {}, templates);
  using model = await AutoModelForCausalLM.from_pretrained(from, { device });
  const files = await model.to_files();
  for (const name of Object.keys(templates)) {
    assertEquals(files[name], await readBytes(from, name), name);
  }
});

Deno.test("a vanilla model that was read as LSG is saved as an LSG model", () =>
  withNewFolder(async (folder) => {
    using model = await AutoModelForMaskedLM.from_pretrained(
      goldenPath("conversion/roberta_512"),
      { device, lsg: { max_sequence_length: 1024, num_global_tokens: 3, block_size: 16 } },
    );
    await model.save_pretrained(folder);
    const saved = new FolderSource(folder);
    const config = (await readJsonObject(saved, "config.json"))!;
    assertEquals(
      [config.base_model_prefix, config.num_global_tokens, config.block_size, config.adaptive],
      ["lsg", 3, 16, true],
    );
    assertEquals(config.architectures, ["LSGRobertaForMaskedLM"]);
    assert("AutoModelForSequenceClassification" in (config.auto_map as object));
    assert(await saved.open("modeling_lsg_roberta.py"));
    const settings = await readJsonObject(saved, "tokenizer_config.json");
    assertEquals(settings!.model_max_length, 1024);
    using copy = await AutoModelForMaskedLM.from_pretrained(folder, { device });
    const inputs = { input_ids: [Array.from({ length: 90 }, (_, i) => 5 + i)] };
    assertEquals((await copy(inputs)).logits.data, (await model(inputs)).logits.data);
  }));

Deno.test("a model is saved after its loading was aborted, not after its disposal", () =>
  withNewFolder(async (folder) => {
    const controller = new AbortController();
    const { signal } = controller;
    const model = await AutoModel.from_pretrained(goldenPath("models/roberta_model"), {
      device,
      signal,
    });
    controller.abort();
    await model.save_pretrained(folder);
    await assertRejects(() => model.save_pretrained(folder), RangeError, "already has");
    await assertRejects(
      () => model.save_pretrained(5 as unknown as string),
      TypeError,
      "Cannot save to 5",
    );
    model.dispose();
    await assertRejects(() => model.save_pretrained(`${folder}2`), Error, "was disposed");
    await assertRejects(() => Deno.stat(`${folder}2`), Deno.errors.NotFound);
  }));

Deno.test("a model's files in memory are those on the disk, and load", () =>
  withNewFolder(async (folder) => {
    const path = goldenPath("heads/roberta_lsg_sequence_classification");
    using model = await AutoModelForSequenceClassification.from_pretrained(path, { device });
    await model.save_pretrained(folder);
    const files = await model.to_files();
    assertEquals(
      Object.keys(files).sort(),
      [...Deno.readDirSync(folder)].map(({ name }) => name).sort(),
    );
    for (const [name, bytes] of Object.entries(files)) {
      assertEquals(bytes, await Deno.readFile(`${folder}/${name}`), name);
    }
    using copy = await AutoModelForSequenceClassification.from_pretrained(
      new MemorySource(files),
      { device },
    );
    assertEquals(copy.config.id2label, model.config.id2label);
  }));

Deno.test("a weight that is not finite is not saved, and the folder does not load", () =>
  withNewFolder(async (folder) => {
    using model = await AutoModel.from_pretrained(goldenPath("models/roberta_model"), { device });
    const bias = model.parameters.get("encoder.layer.1.output.dense.bias");
    (await bias.getData())[3] = NaN;
    await assertRejects(
      () => model.save_pretrained(folder),
      RangeError,
      "Cannot save weight encoder.layer.1.output.dense.bias: it is NaN at index 3",
    );
    assertEquals(await new FolderSource(folder).open("config.json"), undefined);
  }));

for (const name of ["cpu", "wasm", "webgpu"] as const) {
  testOnBackend(
    name,
    "saved are the values that a training left, not those read before",
    () =>
      withNewFolder(async (folder) => {
        const backend = await openBackend(name);
        const original = await openWeights(new FolderSource(goldenPath("models/lsg_norm")));
        using model = await AutoModelForMaskedLM.from_pretrained(goldenPath("models/lsg_norm"), {
          device: backend,
        });
        // Matrices, a table, and vectors; all of them read before they change.
        const trained = selectTrainable(model, /layer\.1|word_embeddings|lm_head/);
        for (const [, tensor] of trained) await tensor.getData();
        const tape = new Tape(backend, trained.map(([, tensor]) => tensor));
        const optimizer = new AdamW(backend, trained);
        const batch = { input_ids: [[0, 5, 6, 7, 2]], labels: [[-100, 5, 8, 7, -100]] };
        const { seeds, dispose } = await lossOf(model.on(tape), batch);
        await tape.backward(...seeds);
        await optimizer.step(tape.gradients, 0.01);
        [dispose, () => optimizer.dispose(), () => tape.dispose()].forEach((end) => end());
        await model.save_pretrained(folder);
        const saved = await openWeights(new FolderSource(folder));
        const names = new Set(trained.map(([parameter]) => parameter));
        for (const [parameter, tensor] of model.named_parameters()) {
          const values = await saved.load(parameter);
          assertEquals(values, await tensor.getData(), parameter);
          // A key's bias has no gradient.
          if (parameter.endsWith("key.bias")) continue;
          const before = await original.load(parameter);
          assertEquals(
            values.some((value, i) => value !== before[i]),
            names.has(parameter),
            parameter,
          );
        }
        model.dispose();
        assertEquals(backend.memory().tensors, 0);
        backend.dispose();
      }),
  );
}
