/** What is in front of other rows, alone trained: the others' gradients are not computed. */
import { assert, assertEquals, assertLess } from "@std/assert";
import { AutoModelForMaskedLM } from "../../models/mod.ts";
import type { Floats } from "../../ops/backend.ts";
import { Random } from "../../tensor/random.ts";
import { Tape } from "../../training/tape.ts";
import type { Checkpointing } from "../../training/tape_node.ts";
import { CountingBackend } from "../helpers/counting_backend.ts";
import { drawIds, goldenPath } from "../models/golden_models.ts";
import "../helpers/quiet_reference.ts";

const TOKENS = 40;
const input_ids = [1, 2].map((seed) => drawIds(new Random(seed), TOKENS));

/** The gradient by global tokens, where they or all parameters are trained, and the way back. */
async function step(folder: string, trains: "globals" | "all", checkpoint: Checkpointing = false) {
  const device = new CountingBackend();
  const model = await AutoModelForMaskedLM.from_pretrained(goldenPath(`models/${folder}`), {
    device,
  });
  const parameters = [...model.parameters.entries()];
  const [, globals] = parameters.find(([name]) => name.includes("global_embeddings"))!;
  const trained = trains === "all" ? parameters.map(([, tensor]) => tensor) : [globals];
  const tape = new Tape(device, trained, { checkpoint });
  const { logits } = await model.on(tape).forward({ input_ids });
  device.takeLaunches();
  const dy = device.floats(new Random(3).normals((logits as Floats).size), logits.dims);
  await tape.backward([logits as Floats, dy]);
  const launches = device.takeLaunches();
  const [, sum] = tape.gradients.find(([tensor]) => tensor === globals)!;
  const gradient = (await sum.getData()).slice();
  const { num_hidden_layers: layers, lsg } = model.config;
  tape.dispose();
  device.dispose();
  return { gradient, launches, layers, rows: 2 * lsg!.num_global_tokens };
}

for (const folder of ["lsg_norm", "lsg_lsh", "bert_lsg_bos_pooling", "albert_lsg_norm"]) {
  Deno.test(`${folder}: the gradient by global tokens alone is that beside all others`, async () => {
    const all = await step(folder, "all");
    const alone = await step(folder, "globals");
    const largest = Math.max(...all.gradient.map(Math.abs));
    assert(largest > 0);
    const off = all.gradient.map((value, i) => Math.abs(value - alone.gradient[i]));
    assertLess(Math.max(...off), 1e-5 * largest);
    const again = await step(folder, "globals", true);
    assertEquals(again.gradient, alone.gradient);
  });
}

Deno.test("the first layer's tokens get no gradient where only global tokens are trained", async () => {
  const { launches, layers, rows } = await step("lsg_norm", "globals");
  const named = (name: string) => launches.filter((launch) => launch.name === name);
  // Its query, key and value; six products of each other layer, three more of it, and the head's.
  const few = named("linearInputs").filter(({ shape }) => shape.rows === rows);
  assertEquals([few.length, named("linearInputs").length], [3, 6 * layers + 2]);
  assertEquals(named("attendGradient").length, layers - 1);
  assertEquals(named("sparseListGradient").length, 2 * (layers - 1));
});
