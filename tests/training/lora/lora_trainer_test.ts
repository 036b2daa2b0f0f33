/** A Trainer with an adapter: it trains, saves and goes on with it alone. */
import { assert, assertEquals } from "@std/assert";
import { openBackend } from "../../../device.ts";
import { Lora } from "../../../training/lora/lora.ts";
import { withFolder } from "../../helpers/with_folder.ts";
import { loadTiny, parametersOf, tinyTrainer } from "../tiny_training.ts";

Deno.test("a training of an adapter goes on bit for bit from its checkpoint", () =>
  withFolder(async (folder) => {
    using backend = await openBackend("wasm", { threads: 1 });
    const start = async () => {
      const model = await loadTiny(backend);
      const base = await parametersOf(model);
      await Lora.create(model, { r: 2, target_modules: ["query", "value"] });
      return { model, base };
    };
    const args = { save_strategy: "epoch" } as const;
    const { model, base } = await start();
    using _model = model;
    const whole = tinyTrainer(model, { args: { ...args, output_dir: `${folder}/whole` } });
    await whole.train();
    const wanted = await parametersOf(model);
    assertEquals(
      [...Deno.readDirSync(`${folder}/whole/checkpoint-4`)].map(({ name }) => name).sort(),
      [
        "adapter_config.json",
        "adapter_model.safetensors",
        "optimizer.safetensors",
        "trainer_state.json",
      ],
    );
    const { model: other } = await start();
    using _other = other;
    assert(String(await parametersOf(other)) !== String(wanted));
    const rest = tinyTrainer(other, { args: { ...args, output_dir: `${folder}/rest` } });
    await rest.train({ resume_from_checkpoint: `${folder}/whole/checkpoint-4` });
    assertEquals(await parametersOf(other), wanted);
    // The base is as it was, and the adapter did change it.
    const adapted = await parametersOf(other);
    (other.parameters.adapter as Lora).unload();
    assertEquals(await parametersOf(other), base);
    assert(adapted.length === 8);
  }));
