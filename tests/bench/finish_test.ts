import { assert } from "@std/assert";
import { randomFloats } from "../../bench/finish.ts";
import { CpuBackend } from "../../cpu/mod.ts";

Deno.test("randomFloats() gives tensors of the same shape different numbers", async () => {
  const backend = new CpuBackend();
  const [query, key] = [0, 1].map(() => randomFloats(backend, [1, 4, 8]));
  const values = await key.getData();
  assert((await query.getData()).every((value, i) => value !== values[i]));
});
