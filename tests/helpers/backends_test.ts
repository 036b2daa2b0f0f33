import { assertEquals, assertStringIncludes } from "@std/assert";

/** Runs a file with tests on WebGPU where there is no adapter. */
async function runWithoutAdapter(required: string): Promise<{ code: number; text: string }> {
  const file = new URL("../gpu/exponentials_test.ts", import.meta.url).pathname;
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--quiet", "--no-check", "--filter", "webgpu", file],
    env: { DENO_WEBGPU_BACKEND: "none", LSG_REQUIRE_WEBGPU: required, NO_COLOR: "1" },
  }).output();
  return { code, text: new TextDecoder().decode(stdout) };
}

Deno.test("a test on WebGPU is skipped with a reason where there is no adapter", async () => {
  const { code, text } = await runWithoutAdapter("0");
  assertEquals(code, 0);
  assertStringIncludes(text, 'skipped: Cannot open the device "webgpu"');
  assertStringIncludes(text, "0 passed | 0 failed | 1 ignored");
});

Deno.test("it fails where LSG_REQUIRE_WEBGPU is set", async () => {
  const { code, text } = await runWithoutAdapter("1");
  assertEquals(code, 1);
  assertStringIncludes(text, 'NoAdapterError: Cannot open the device "webgpu"');
  assertStringIncludes(text, "0 passed | 1 failed");
});
