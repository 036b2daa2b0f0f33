import { assertEquals } from "@std/assert";
import { hasSimd } from "../../../wasm/machine/has_simd.ts";

/** What a process answers whether it has SIMD, and whether it compiles the kernels. */
async function inProcess(...flags: string[]): Promise<unknown> {
  const folder = new URL("../../../wasm/machine/", import.meta.url);
  const script = `
    import { hasSimd } from "${new URL("has_simd.ts", folder)}";
    import { compileKernels } from "${new URL("module.ts", folder)}";
    const compiles = await compileKernels(false).then(() => true, () => false);
    console.log(JSON.stringify({ hasSimd: hasSimd(), compiles }));`;
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", ...flags, script],
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

Deno.test("hasSimd() tells whether the kernels compile", async () => {
  assertEquals(hasSimd(), true);
  assertEquals(await inProcess(), { hasSimd: true, compiles: true });
});

Deno.test("hasSimd() is false without WebAssembly", async () => {
  assertEquals(await inProcess("--v8-flags=--jitless"), { hasSimd: false, compiles: false });
});

Deno.test({
  name: "hasSimd() is false on a processor without the instructions",
  ignore: Deno.build.arch !== "x86_64",
  fn: async () => {
    assertEquals(await inProcess("--v8-flags=--no-enable-sse4-1"), {
      hasSimd: false,
      compiles: false,
    });
  },
});
