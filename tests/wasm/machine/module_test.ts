import { assertEquals, assertRejects, equal } from "@std/assert";
import {
  type Build,
  compileKernels,
  importKernels,
  instantiateKernels,
} from "../../../wasm/machine/module.ts";
import { hasRelaxedSimd } from "../../../wasm/machine/has_simd.ts";
import { shareMemory } from "../../../wasm/machine/share_memory.ts";

/** Runs `body` on an engine that takes only some builds. */
async function withEngine(takes: (build: string) => boolean, body: () => Promise<void>) {
  const { validate } = WebAssembly;
  const known = await Promise.all((["relaxed", "plain"] as const).map(async (build) => {
    const bytes = await importKernels(build);
    return { build, forms: [bytes, shareMemory(bytes)] };
  }));
  WebAssembly.validate = (source) => {
    const found = known.find(({ forms }) => forms.some((bytes) => equal(bytes, source)));
    // Else it is the test of whether the engine has relaxed SIMD.
    return takes(found?.build ?? "relaxed");
  };
  try {
    await body();
  } finally {
    WebAssembly.validate = validate;
  }
}

Deno.test("compileKernels() chooses relaxed SIMD where the engine has it", async () => {
  for (const isShared of [false, true]) {
    const { build, isShared: shared } = await compileKernels(isShared);
    assertEquals([build, shared], ["relaxed", isShared]);
    assertEquals((await compileKernels(isShared, "plain")).build, "plain");
  }
});

Deno.test("compileKernels() falls back to the plain build", async () => {
  await withEngine((build) => build === "plain", async () => {
    assertEquals((await compileKernels(false)).build, "plain");
    assertEquals((await compileKernels(true)).build, "plain");
    await assertRejects(
      () => compileKernels(false, "relaxed"),
      RangeError,
      "Cannot run the relaxed kernels: this engine lacks WebAssembly SIMD",
    );
  });
});

Deno.test("compileKernels() says what an engine lacks", async () => {
  await withEngine(() => false, async () => {
    await assertRejects(
      () => compileKernels(false),
      RangeError,
      "Cannot run the relaxed or plain kernels: this engine lacks WebAssembly SIMD",
    );
    await assertRejects(() => compileKernels(true), RangeError, "SIMD or threads");
  });
});

Deno.test("compileKernels() refuses unknown builds", async () => {
  for (const build of ["fast", "toString", "relaxedShared"]) {
    await assertRejects(
      () => compileKernels(false, build as Build),
      RangeError,
      `Cannot run the build "${build}": wanted "relaxed" or "plain"`,
    );
  }
});

Deno.test("instantiateKernels() gives kernels that pack weights in groups of 8", async () => {
  for (const build of ["relaxed", "plain"] as const) {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536 });
    const { module } = await compileKernels(false, build);
    const kernels = await instantiateKernels(module, memory);
    const from = Math.ceil(kernels.freeFrom() / 64) * 64;
    const weights = Float32Array.from({ length: 30 }, (_, i) => i + 1);
    new Float32Array(memory.buffer, from, 30).set(weights);
    kernels.packPanel(4, from, 8, 3, from + 128);
    kernels.packPanel(4, from + 96, 2, 3, from + 224);
    const packed = [...new Float32Array(memory.buffer, from + 128, 48)];
    const wanted = Array.from({ length: 48 }, (_, i) => {
      const [group, input, output] = [Math.floor(i / 24), Math.floor(i / 8) % 3, i % 8];
      return weights[(group * 8 + output) * 3 + input] ?? 0;
    });
    assertEquals(packed, wanted);
  }
});

Deno.test("hasRelaxedSimd() says whether the engine takes the relaxed build", async () => {
  assertEquals(hasRelaxedSimd(), WebAssembly.validate(await importKernels("relaxed")));
});
