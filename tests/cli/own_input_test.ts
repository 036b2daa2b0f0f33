import { assertRejects } from "@std/assert";
import { UsageError } from "../../cli/arguments.ts";
import { refuseOwnModel, refuseOwnText } from "../../cli/own_input.ts";
import { withNewFolder } from "./model_memory_io.ts";

Deno.test("refuseOwnText() refuses the text by its path, a link, a hard link", () =>
  withNewFolder(async (folder) => {
    await Deno.mkdir(folder);
    const text = `${folder}/text`;
    await Deno.writeTextFile(text, "the");
    await Deno.writeTextFile(`${folder}/other`, "the");
    await Deno.symlink("text", `${folder}/link`);
    await Deno.link(text, `${folder}/hard`);
    for (const name of ["text", "../model/text", "link", "hard"]) {
      const refused = () => refuseOwnText(`${folder}/${name}`, text);
      await assertRejects(refused, UsageError, "it is the text that is read");
    }
    await assertRejects(() => refuseOwnText(text, `${folder}/link`), UsageError);
    for (const name of ["other", "new", "none/new"]) {
      await refuseOwnText(`${folder}/${name}`, text);
    }
    await refuseOwnText(text, undefined);
    // The reading will report it.
    await refuseOwnText(text, `${folder}/none`);
  }));

Deno.test("refuseOwnModel() refuses the model's files, and names that it would read", () =>
  withNewFolder(async (folder) => {
    await Deno.mkdir(`${folder}/model/1_Pooling`, { recursive: true });
    await Deno.mkdir(`${folder}/blobs`);
    await Deno.writeTextFile(`${folder}/blobs/7f`, "weights");
    await Deno.symlink("../blobs/7f", `${folder}/model/model.safetensors`);
    await Deno.writeTextFile(`${folder}/model/1_Pooling/config.json`, "{}");
    await Deno.writeTextFile(`${folder}/model/README.md`, "");
    await Deno.link(`${folder}/model/README.md`, `${folder}/hard`);
    await Deno.symlink("model", `${folder}/linked`);
    await Deno.symlink("linked/config.json", `${folder}/early`);
    const refused = [
      "model/model.safetensors",
      "linked/model.safetensors",
      "blobs/7f",
      "model/1_Pooling/config.json",
      "hard",
      // It would be read instead of pytorch_model.bin, say.
      "model/config.json",
      "linked/model-00001-of-00002.safetensors",
      "early",
    ];
    for (const name of refused) {
      for (const model of ["model", "linked"]) {
        await assertRejects(
          () => refuseOwnModel(`${folder}/${name}`, `${folder}/${model}`),
          UsageError,
          "it is a file of the model",
          name,
        );
      }
    }
    for (const name of ["model/vectors.bin", "model.safetensors", "none/model.safetensors"]) {
      await refuseOwnModel(`${folder}/${name}`, `${folder}/model`);
    }
  }));
