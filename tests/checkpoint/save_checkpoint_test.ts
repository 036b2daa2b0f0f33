import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { fromFileUrl } from "@std/path";
import type { Checkpoint } from "../../checkpoint/checkpoint.ts";
import type { ConversionOptions } from "../../checkpoint/conversion/conversion_options.ts";
import { convertToLsg } from "../../checkpoint/conversion/convert_lsg.ts";
import { FolderSource } from "../../checkpoint/folder_source.ts";
import { MemorySource } from "../../checkpoint/memory_source.ts";
import { readCheckpoint } from "../../checkpoint/read_checkpoint.ts";
import { saveCheckpoint } from "../../checkpoint/save_checkpoint.ts";
import { type CheckpointSource, readJsonObject, readText } from "../../checkpoint/source.ts";
import { pipeline } from "../../pipelines/mod.ts";
import { withNewFolder as withFolder } from "../helpers/with_folder.ts";
import { TINY_CONFIG, tinyConfig, tinyWeights } from "./tiny_checkpoint.ts";
import "../helpers/quiet_reference.ts";

const VANILLA = fromFileUrl(new URL("../golden/conversion/roberta_512", import.meta.url));

Deno.test("saveCheckpoint() writes a folder that readCheckpoint() reads", () =>
  withFolder(async (folder) => {
    const source = new FolderSource(VANILLA);
    const converted = await convertToLsg(await readCheckpoint(source), {
      max_sequence_length: 1024,
    });
    await saveCheckpoint(folder, converted, source);
    const saved = new FolderSource(folder);
    const { config, weights, specialTokens } = await readCheckpoint(saved);
    const { auto_map, ...raw } = config.raw;
    assertEquals({ ...config, raw }, converted.config);
    assertEquals((auto_map as Record<string, string>).AutoModelForMaskedLM.split("."), [
      "modeling_lsg_roberta",
      "LSGRobertaForMaskedLM",
    ]);
    const code = await readText(saved, "modeling_lsg_roberta.py");
    assert(
      code!.includes("from lsg_converter.roberta.modeling_lsg_roberta import (") &&
        code!.includes("LSGRobertaForMaskedLM,"),
    );
    assertEquals(specialTokens, converted.specialTokens);
    assertEquals(weights.names(), converted.weights.names().sort());
    for (const name of weights.names()) {
      assertEquals(weights.dims(name), converted.weights.dims(name));
      assertEquals(await weights.load(name), await converted.weights.load(name));
    }
    assertEquals(await readText(saved, "tokenizer.json"), await readText(source, "tokenizer.json"));
    const settings = await readJsonObject(source, "tokenizer_config.json");
    assertEquals(await readJsonObject(saved, "tokenizer_config.json"), {
      ...settings,
      model_max_length: 1024,
    });
  }));

Deno.test("saveCheckpoint() writes the maximum length even if the tokenizer has no settings", () =>
  withFolder(async (folder) => {
    const config = tinyConfig();
    const weights = await tinyWeights(config, "Model");
    await saveCheckpoint(folder, { config, weights, specialTokens: {} }, new MemorySource({}));
    const saved = new FolderSource(folder);
    const written = await readJsonObject(saved, "tokenizer_config.json");
    assertEquals(written, { model_max_length: 512 });
    assertEquals((await readCheckpoint(saved)).config.raw.torch_dtype, "float32");
  }));

Deno.test("saveCheckpoint() does not overwrite a checkpoint", () =>
  withFolder(async (folder) => {
    const source = new FolderSource(VANILLA);
    const checkpoint = await readCheckpoint(source);
    await assertRejects(
      () => saveCheckpoint(VANILLA, checkpoint, source),
      RangeError,
      "already has",
    );
    await saveCheckpoint(folder, checkpoint, source);
    await Deno.remove(`${folder}/config.json`);
    await assertRejects(
      () => saveCheckpoint(folder, checkpoint, source),
      RangeError,
      "already has a model.safetensors",
    );
  }));

Deno.test("saveCheckpoint() does not mix two models", async () => {
  const source = new FolderSource(VANILLA);
  const checkpoint = await readCheckpoint(source);
  const stale = ["vocab.txt", "chat_template.jinja", "generation_config.json", "modules.json"];
  const weights = ["pytorch_model.bin", "model.safetensors.index.json", "adapter_config.json"];
  for (const name of [...stale, ...weights, "sentence_bert_config.json"]) {
    await withFolder(async (folder) => {
      await Deno.mkdir(folder);
      await Deno.writeTextFile(`${folder}/${name}`, "a");
      const save = () => saveCheckpoint(folder, checkpoint, source);
      await assertRejects(save, RangeError, `already has a ${name}`);
      assertEquals([...Deno.readDirSync(folder)].length, 1);
    });
  }
  await withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/1_Pooling`, { recursive: true });
    await Deno.writeTextFile(`${folder}/notes.json`, "{}");
    await saveCheckpoint(folder, checkpoint, source);
  });
});

Deno.test("saveCheckpoint() writes no config.json if the weights fail", () =>
  withFolder(async (folder) => {
    const config = tinyConfig();
    const weights = await tinyWeights(config, "Model");
    const broken = {
      names: () => weights.names(),
      has: (name: string) => weights.has(name),
      dims: (name: string) => weights.dims(name),
      load: () => Promise.reject(new Error("the disk failed")),
    };
    const save = () =>
      saveCheckpoint(folder, { config, weights: broken, specialTokens: {} }, new MemorySource({}));
    await assertRejects(save, Error, "the disk failed");
    await assertRejects(() => readCheckpoint(new FolderSource(folder)), RangeError, "config.json");
  }));

/** Files of a sentence-transformers checkpoint beside those of its model. */
const SENTENCE_FILES: Record<string, string> = {
  "modules.json": JSON.stringify([
    { path: "" },
    { path: "1_Pooling" },
    { path: "2_Dense" },
    { path: "3_Normalize" },
  ]),
  "1_Pooling/config.json": '{"pooling_mode_cls_token": true}',
  "2_Dense/config.json": '{"in_features": 4, "out_features": 2}',
  "2_Dense/model.safetensors": "dense weights",
  "config_sentence_transformers.json": '{"prompts": {"query": "query: "}}',
  "README.md": "# A model",
};

/** Makes a converted checkpoint, and the source that it was made from with more files. */
async function convertTiny(
  files: Record<string, string>,
  max_sequence_length = 1024,
): Promise<{ converted: Checkpoint; source: MemorySource }> {
  const config = tinyConfig();
  const weights = await tinyWeights(config, "Model");
  const vanilla = { config, weights, specialTokens: { bos: 0, mask: 4 } };
  const converted = await convertToLsg(vanilla, { max_sequence_length });
  const source = new MemorySource({ "config.json": JSON.stringify(TINY_CONFIG), ...files });
  return { converted, source };
}

/** Reads all files of a folder that are text. */
async function readTexts(folder: string): Promise<Record<string, string>> {
  const files = await new FolderSource(folder).list();
  return Object.fromEntries(
    await Promise.all(
      [...files].filter(([path]) => path !== "model.safetensors").map(async ([path, file]) => [
        path,
        new TextDecoder().decode(await file.read(0, file.size)),
      ]),
    ),
  );
}

Deno.test("saveCheckpoint() copies every file of the source that it does not replace", () =>
  withFolder(async (folder) => {
    const { converted, source } = await convertTiny({
      ...SENTENCE_FILES,
      "a folder/my notes.txt": "notes",
      "training_args.bin": "arguments",
      "sentencepiece.bpe.model": "pieces",
      "additional_chat_templates/tools.jinja": "template",
      // Weights of the model before, in any format, would be read in place of the new ones.
      "model.safetensors": "old",
      "model.safetensors.index.json": "{}",
      "model-00001-of-00002.safetensors": "old",
      "pytorch_model.bin": "old",
      "tf_model.h5": "old",
      "onnx/model.onnx": "old",
      // A checkpoint of its own.
      "checkpoint-500/config.json": '{"model_type": "roberta"}',
      "checkpoint-500/optimizer.pt": "state",
      ".gitattributes": "hidden",
      "../outside": "outside",
    });
    await saveCheckpoint(folder, converted, source);
    const texts = await readTexts(folder);
    for (const [name, text] of Object.entries(SENTENCE_FILES)) assertEquals(texts[name], text);
    assertEquals(
      Object.keys(texts).sort(),
      [
        ...Object.keys(SENTENCE_FILES),
        "a folder/my notes.txt",
        "additional_chat_templates/tools.jinja",
        "config.json",
        "modeling_lsg_roberta.py",
        "sentencepiece.bpe.model",
        "tokenizer_config.json",
        "training_args.bin",
      ].sort(),
    );
    assertEquals((await readCheckpoint(new FolderSource(folder))).config.lsg?.block_size, 128);
  }));

Deno.test("saveCheckpoint() copies files of any size", () =>
  withFolder(async (folder) => {
    const large = new Uint8Array(2 ** 24 + 5).map((_, i) => i % 251);
    const { converted } = await convertTiny({});
    const files = {
      "config.json": JSON.stringify(TINY_CONFIG),
      "2_Dense/model.safetensors": large,
    };
    const source = new MemorySource({ ...files, "empty.txt": "" });
    await saveCheckpoint(folder, converted, source);
    assertEquals(await Deno.readFile(`${folder}/2_Dense/model.safetensors`), large);
    assertEquals(await Deno.readTextFile(`${folder}/empty.txt`), "");
  }));

Deno.test("saveCheckpoint() finds the files of sentence-transformers in a source without a list", () =>
  withFolder(async (folder) => {
    const { converted, source } = await convertTiny({ ...SENTENCE_FILES, "vocab.txt": "a" });
    const unlisted = { name: "server", open: (name: string) => source.open(name) };
    await saveCheckpoint(folder, converted, unlisted);
    const texts = await readTexts(folder);
    for (const [name, text] of Object.entries(SENTENCE_FILES)) assertEquals(texts[name], text);
    assertEquals(texts["vocab.txt"], "a");
    const hostile = new MemorySource({ "modules.json": '[{"path": "../../outside"}]' });
    await assertRejects(
      () => saveCheckpoint(`${folder}/b`, converted, { name: "s", open: (n) => hostile.open(n) }),
      RangeError,
      "plain name",
    );
  }));

Deno.test("saveCheckpoint() sets the length of sentence-transformers to the model's new one", () =>
  withFolder(async (folder) => {
    const settings = { max_seq_length: 512, do_lower_case: true };
    const files = { "sentence_bert_config.json": JSON.stringify(settings) };
    const { converted, source } = await convertTiny(files);
    await saveCheckpoint(folder, converted, source);
    const longer = { ...settings, max_seq_length: 1024 };
    const saved = new FolderSource(folder);
    assertEquals(await readJsonObject(saved, "sentence_bert_config.json"), longer);
    const same = await convertTiny(files, 512);
    const short = { ...settings, max_seq_length: 128 };
    const shorter = { "sentence_bert_config.json": JSON.stringify(short) };
    await saveCheckpoint(`${folder}/512`, same.converted, (await convertTiny(shorter)).source);
    assertEquals(await readJsonObject(saved, "512/sentence_bert_config.json"), settings);
    // A checkpoint that is not converted keeps its settings.
    await saveCheckpoint(`${folder}/same`, await readCheckpoint(saved), saved);
    assertEquals(await readJsonObject(saved, "same/sentence_bert_config.json"), longer);
    const vanilla = { ...converted, config: tinyConfig() };
    await saveCheckpoint(`${folder}/vanilla`, vanilla, source);
    assertEquals(await readJsonObject(saved, "vanilla/sentence_bert_config.json"), settings);
    assertEquals(await saved.open("vanilla/modeling_lsg_roberta.py"), undefined);
  }));

Deno.test("saveCheckpoint() does not overwrite a file that it would copy", () =>
  withFolder(async (folder) => {
    const { converted, source } = await convertTiny(SENTENCE_FILES);
    await Deno.mkdir(`${folder}/1_Pooling`, { recursive: true });
    await Deno.writeTextFile(`${folder}/1_Pooling/config.json`, "{}");
    await assertRejects(
      () => saveCheckpoint(folder, converted, source),
      RangeError,
      "already has a 1_Pooling/config.json",
    );
  }));

Deno.test("saveCheckpoint() keeps the vectors that sentence-transformers' files ask for", () =>
  withFolder(async (folder) => {
    const vanilla = new FolderSource(VANILLA);
    const files: Record<string, string | Uint8Array> = { ...SENTENCE_FILES };
    for (const [path, file] of await vanilla.list()) files[path] = await file.read(0, file.size);
    // The first token's vector, where the default is the mean.
    files["modules.json"] = JSON.stringify(
      [["", "Transformer"], ["1_Pooling", "Pooling"]].map(([path, name], idx) => ({
        idx,
        name: String(idx),
        path,
        type: `sentence_transformers.models.${name}`,
      })),
    );
    const source = new MemorySource(files);
    const lsg = { max_sequence_length: 1024 };
    await saveCheckpoint(folder, await convertToLsg(await readCheckpoint(source), lsg), source);
    const embed = async (
      checkpoint: CheckpointSource | string,
      options: { lsg?: ConversionOptions },
    ) => {
      using extractor = await pipeline("feature-extraction", checkpoint, {
        device: "cpu",
        ...options,
      });
      return [...(await extractor("the river ran past the old house")).data];
    };
    const saved = await embed(folder, {});
    assertEquals(saved, await embed(source, { lsg }));
    await Deno.remove(`${folder}/modules.json`);
    assertNotEquals(saved, await embed(folder, {}));
  }));
