import { assert } from "@std/assert";
import { openBackend } from "../../../device.ts";
import { preparePass } from "../../../web/explorer/measured_attention.ts";
import { PATTERNS, type Values } from "../../../web/explorer/patterns.ts";

for (const [name, { defaults }] of Object.entries(PATTERNS)) {
  Deno.test(`a pass of ${name} takes the choices of the form, as full attention beside it`, async () => {
    using backend = await openBackend("wasm", { threads: 1 });
    for (const pattern of [name, "full"]) {
      assert(await preparePass(pattern, { tokens: 300, ...defaults } as Values, backend)());
    }
  });
}
