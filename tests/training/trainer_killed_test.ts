/** Trainings that are really killed, by SIGKILL, and resumed. */
import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { openBackend } from "../../device.ts";
import { withFolder } from "../helpers/with_folder.ts";
import "../helpers/quiet_reference.ts";
import {
  KILLED_ARGUMENTS,
  loadTiny,
  parametersOf,
  timeless,
  tinyTrainer,
} from "./tiny_training.ts";

const SCRIPT = fromFileUrl(new URL("train_process.ts", import.meta.url));

/** Runs a part of a training until it has printed a line a number of times. */
async function runUntil(
  [line, times]: readonly [line: string, times: number],
  ...args: readonly string[]
): Promise<void> {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", SCRIPT, ...args],
    stdout: "piped",
  }).spawn();
  let text = "";
  for await (const part of process.stdout.pipeThrough(new TextDecoderStream())) {
    text += part;
    if (text.split("\n").filter((each) => each === line).length < times) continue;
    process.kill("SIGKILL");
    break;
  }
  const { signal } = await process.status;
  assertEquals(signal, "SIGKILL", `${line} was not printed ${times} times:\n${text}`);
}

function checkpointsIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => name.includes("checkpoint")).sort();
}

for (const device of ["cpu", "wasm"] as const) {
  Deno.test(`${device}: a killed training goes on bit for bit as if it had not been`, () =>
    withFolder(async (folder) => {
      const [whole, parts] = [`${folder}/whole`, `${folder}/parts`];
      using backend = await openBackend(device, device === "wasm" ? { threads: 2 } : {});
      using model = await loadTiny(backend);
      const trainer = tinyTrainer(model, { args: { ...KILLED_ARGUMENTS, output_dir: whole } });
      await trainer.train();

      // After the first checkpoint, in the middle of the second one's parameters, before its moments.
      await runUntil(["step 6", 1], device, "1", parts, "false");
      assertEquals(checkpointsIn(parts), ["checkpoint-4"]);
      await runUntil(["saving", 1], device, "2", parts, "true");
      await runUntil(["saved", 1], device, "1", parts, "true");
      assertEquals(checkpointsIn(parts), ["checkpoint-4", "tmp-checkpoint-8"]);
      const lines = await Deno.readTextFile(`${parts}/metrics.jsonl`);
      assert(lines.includes('"step":8'), "the killed run had logged what is to be logged again");

      using last = await loadTiny(backend);
      const resumed = tinyTrainer(last, { args: { ...KILLED_ARGUMENTS, output_dir: parts } });
      await resumed.train({ resume_from_checkpoint: true });
      assertEquals(checkpointsIn(parts), checkpointsIn(whole));
      for (const name of checkpointsIn(whole)) {
        for (const file of ["model.safetensors", "optimizer.safetensors"]) {
          const [wanted, made] = await Promise.all(
            [whole, parts].map((path) => Deno.readFile(`${path}/${name}/${file}`)),
          );
          assert(wanted.length > 1000);
          assertEquals(made, wanted, `${name}/${file}`);
        }
      }
      assertEquals(await parametersOf(last), await parametersOf(model));
      assertEquals(timeless(resumed.state.log_history), timeless(trainer.state.log_history));
      const [wanted, made] = await Promise.all(
        [whole, parts].map(async (path) =>
          (await Deno.readTextFile(`${path}/metrics.jsonl`)).trim().split("\n")
            .map((line) => JSON.parse(line))
        ),
      );
      assertEquals(timeless(made), timeless(wanted));
    }));
}
