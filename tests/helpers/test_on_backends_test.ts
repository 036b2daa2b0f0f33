import { assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { withFolder } from "./with_folder.ts";

const ROOT = new URL("../../", import.meta.url);

/** Runs a test of every backend in a process without a GPU adapter. */
async function runWithoutAdapter(
  env: Record<string, string>,
): Promise<{ code: number; out: string }> {
  let result = { code: -1, out: "" };
  await withFolder(async (folder) => {
    const file = `${folder}/property_test.ts`;
    await Deno.writeTextFile(
      file,
      `Object.defineProperty(navigator, "gpu", { value: undefined });
      const { testOnBackends } = await import("${ROOT}tests/helpers/test_on_backends.ts");
      testOnBackends("a property", [{ name: "subject" }], () => Promise.resolve());`,
    );
    const config = fromFileUrl(new URL("deno.json", ROOT));
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["test", "--quiet", "--no-check", "--allow-all", "--config", config, file],
      env: { NO_COLOR: "1", LSG_REQUIRE_WEBGPU: "", ...env },
    }).output();
    const decoder = new TextDecoder();
    result = { code, out: decoder.decode(stdout) + decoder.decode(stderr) };
  });
  return result;
}

Deno.test("testOnBackends() skips a backend that cannot be opened, with the reason", async () => {
  const { code, out } = await runWithoutAdapter({});
  assertEquals(code, 0, out);
  assertStringIncludes(out, "cpu: a property");
  assertStringIncludes(out, "wasm: a property");
  assertStringIncludes(out, "webgpu: a property, skipped: ");
  assertStringIncludes(out, "2 passed (2 steps) | 0 failed | 1 ignored");
});

Deno.test("testOnBackends() fails if a required backend cannot be opened", async () => {
  const { code, out } = await runWithoutAdapter({ LSG_REQUIRE_WEBGPU: "1" });
  assertEquals(code, 1, out);
  assertStringIncludes(out, "2 passed (2 steps) | 1 failed");
  assertStringIncludes(out, "NoAdapterError");
});
