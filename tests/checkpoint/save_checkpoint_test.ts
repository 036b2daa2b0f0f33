import { assertEquals, assertRejects } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { convertToLsg } from "../../checkpoint/conversion/convert_lsg.ts";
import { FolderSource } from "../../checkpoint/folder_source.ts";
import { MemorySource } from "../../checkpoint/memory_source.ts";
import { readCheckpoint } from "../../checkpoint/read_checkpoint.ts";
import { saveCheckpoint } from "../../checkpoint/save_checkpoint.ts";
import { readJsonObject, readText } from "../../checkpoint/source.ts";
import { withNewFolder as withFolder } from "../helpers/with_folder.ts";
import { tinyConfig, tinyWeights } from "./tiny_checkpoint.ts";

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
    assertEquals(config, converted.config);
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

Deno.test("saveCheckpoint() does not mix two tokenizers", () =>
  withFolder(async (folder) => {
    await Deno.mkdir(folder);
    await Deno.writeTextFile(`${folder}/vocab.txt`, "a");
    const source = new FolderSource(VANILLA);
    const checkpoint = await readCheckpoint(source);
    await assertRejects(
      () => saveCheckpoint(folder, checkpoint, source),
      RangeError,
      "already has a vocab.txt",
    );
    assertEquals([...Deno.readDirSync(folder)].length, 1);
  }));

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
