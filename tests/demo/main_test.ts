import { assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";

/** Runs `deno task demo` without permissions; these runs end before they read. */
async function demo(...args: string[]) {
  const main = fromFileUrl(new URL("../../demo/main.ts", import.meta.url));
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", main, ...args],
    env: { NO_COLOR: "1" },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), err: text(stderr) };
}

Deno.test("the demo prints its options with --help", async () => {
  const { code, out, err } = await demo("--help");
  assertEquals([code, err], [0, ""]);
  assertStringIncludes(out, "deno task demo [options]");
  assertStringIncludes(out, "--compare");
});

for (
  const [arg, message] of [
    ["--frob", "Unknown option --frob"],
    ["--seed=-1", "seed must be an integer"],
    ["--seed=1e12", "seed must be an integer"],
    ["--device=abacus", 'Unknown device "abacus"'],
    ["--dtype=q4", 'Unknown dtype "q4"'],
    ["text", 'Unexpected argument "text"'],
  ]
) {
  Deno.test(`the demo rejects ${arg}`, async () => {
    const { code, out, err } = await demo(arg);
    assertEquals([code, out], [2, ""]);
    assertStringIncludes(err, "demo: ");
    assertStringIncludes(err, message);
  });
}
