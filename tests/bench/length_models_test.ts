import { assert, assertAlmostEquals } from "@std/assert";
import { LENGTH_MODELS } from "../../bench/length_models.ts";
import { named } from "../../bench/named.ts";

const IDS = Array.from({ length: 40 }, (_, i) => 5 + i * 13);

for (const name of ["Longformer 512", "Longformer 512 + 1 global", "BigBird 64"]) {
  Deno.test(`${name} is full attention on a text within its window`, async () => {
    const rows = [];
    for (const { open, globals } of [named(LENGTH_MODELS, "full"), named(LENGTH_MODELS, name)]) {
      const model = await open("wasm", 64);
      const global_attention_mask = [IDS.map((_, i) => i < globals ? 1 : 0)];
      const { last_hidden_state } = await model({
        input_ids: [IDS],
        ...(globals > 0 && { global_attention_mask }),
      });
      rows.push(await last_hidden_state.getData());
      model.dispose();
    }
    const [full, other] = rows;
    assert(full.some((value) => Math.abs(value) > 0.5));
    full.forEach((value, i) => assertAlmostEquals(other[i], value, 1e-4));
  });
}
