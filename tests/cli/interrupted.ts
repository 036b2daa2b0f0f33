/** Writes a part of a checkpoint to each folder, prints a line and waits for a signal. */
import { mkdir, writeFile } from "node:fs/promises";
import { replaceCheckpoint } from "../../cli/replace_checkpoint.ts";

let started = 0;
for (const folder of Deno.args) {
  replaceCheckpoint(folder, async (staging) => {
    await mkdir(staging);
    await writeFile(`${staging}/model.safetensors`, "a part");
    if (++started === Deno.args.length) console.log("started");
    await new Promise((resolve) => setTimeout(resolve, 60_000));
  });
}
