/** Checkpoints whose weights are in pytorch_model.bin. */
import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { convertToLsg } from "../../../checkpoint/conversion/convert_lsg.ts";
import { FolderSource } from "../../../checkpoint/folder_source.ts";
import { MemorySource } from "../../../checkpoint/memory_source.ts";
import { openWeights } from "../../../checkpoint/open_weights.ts";
import { readCheckpoint } from "../../../checkpoint/read_checkpoint.ts";
import { saveCheckpoint } from "../../../checkpoint/save_checkpoint.ts";
import { stateDict } from "./build_pickle.ts";

Deno.test("a pickled checkpoint is converted like any other, and saved as safetensors", async () => {
  const folder = fromFileUrl(new URL("../../golden/models/roberta_masked_lm", import.meta.url));
  const original = new FolderSource(folder);
  const weights = await openWeights(original);
  const tensors = await Promise.all(
    weights.names().map(async (name) => ({
      name,
      dims: weights.dims(name),
      data: await weights.load(name),
    })),
  );
  const source = new MemorySource({
    "config.json": await Deno.readFile(`${folder}/config.json`),
    "pytorch_model.bin": stateDict(tensors),
  });
  const options = {
    max_sequence_length: 256,
    block_size: 16,
    random_global_init: true,
    seed: 3,
    keep_first_global_token: true,
  };
  const wanted = await convertToLsg(await readCheckpoint(original), options);
  const converted = await convertToLsg(await readCheckpoint(source), options);
  const out = await Deno.makeTempDir();
  try {
    await saveCheckpoint(`${out}/lsg`, converted, source);
    const files = [...Deno.readDirSync(`${out}/lsg`)].map(({ name }) => name);
    assert(files.includes("model.safetensors") && !files.some((name) => name.endsWith(".bin")));
    const saved = await openWeights(new FolderSource(`${out}/lsg`));
    assertEquals(saved.names(), wanted.weights.names().sort());
    for (const name of saved.names()) {
      assertEquals(await saved.load(name), await wanted.weights.load(name), name);
    }
  } finally {
    await Deno.remove(out, { recursive: true });
  }
});
