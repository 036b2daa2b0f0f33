import { assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";

/** Runs `deno task demo:summary` with permission to read the demo's files only. */
async function summary(...args: string[]) {
  const path = (file: string) => fromFileUrl(new URL(`../../${file}`, import.meta.url));
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "--no-prompt", `--allow-read=${path("demo")}`, path("demo/summary.ts")]
      .concat(args),
    env: { NO_COLOR: "1" },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), err: text(stderr) };
}

Deno.test("demo:summary prints its options with --help", async () => {
  const { code, out, err } = await summary("--help");
  assertEquals([code, err], [0, ""]);
  assertStringIncludes(out, "deno task demo:summary [options]");
});

for (
  const [arg, message] of [
    ["--tokens=511", "wanted a whole number ≥ 512"],
    ["--tokens=8193", "the text is shorter"],
    ["--beams=0", "Cannot use --beams 0"],
    ["--device=abacus", 'Unknown device "abacus"'],
  ]
) {
  Deno.test(`demo:summary rejects ${arg}`, async () => {
    const { code, out, err } = await summary(arg);
    assertEquals([code, out], [2, ""]);
    assertStringIncludes(err, message);
  });
}
