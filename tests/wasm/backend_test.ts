import { WasmBackend } from "../../wasm/mod.ts";
import { checkMemory, checkRefusals, checkScope, checkUploads } from "../ops/backend_cases.ts";

for (const threads of [1, 2]) {
  Deno.test(`operations and uploads leave each other's memory alone, ${threads} threads`, async () => {
    await checkMemory(await WasmBackend.open({ threads }), threads);
  });

  Deno.test(`an upload does not reach an operation that was recorded before, ${threads} threads`, async () => {
    const backend = await WasmBackend.open({ threads });
    await checkUploads(backend);
    backend.dispose();
  });
}

Deno.test("WasmBackend keeps nothing of tensors and operations that it refuses", async () => {
  const backend = await WasmBackend.open({ threads: 1 });
  checkRefusals(backend);
  backend.dispose();
});

Deno.test("WasmBackend.scope() returns to the level that it started from", async () => {
  await checkScope(await WasmBackend.open({ threads: 1 }));
});
