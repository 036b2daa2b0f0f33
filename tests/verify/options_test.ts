import { assertEquals, assertRejects } from "@std/assert";
import { parseArguments, UsageError } from "../../cli/arguments.ts";
import { availableBackends } from "../../device.ts";
import { COMMAND, readOptions, type VerifyOptions } from "../../verify/options.ts";

/** An error of either is a rejection. */
async function read(args: string[]): Promise<VerifyOptions> {
  return await readOptions(parseArguments(COMMAND, args)!.values);
}

async function assertRefused(args: string[], message: string): Promise<void> {
  await assertRejects(() => read(args), UsageError, message);
}

Deno.test("readOptions() takes every device, case and line without arguments", async () => {
  const { threads, build, dtype, ...rest } = await read([]);
  assertEquals(rest, {
    devices: await availableBackends(),
    filter: "",
    support: false,
    quiet: false,
  });
  assertEquals([threads, build, dtype], [undefined, undefined, undefined]);
});

Deno.test("readOptions() gives each option as it was given", async () => {
  const args = ["--device", "webgpu,wasm,webgpu", "--threads", "2", "--build", "plain"];
  assertEquals(
    await read([...args, "--dtype=fp16", "--filter", "lsg", "--support", "--quiet"]),
    {
      devices: ["webgpu", "wasm"],
      threads: 2,
      build: "plain",
      dtype: "fp16",
      filter: "lsg",
      support: true,
      quiet: true,
    },
  );
});

Deno.test("readOptions() refuses what there is not", async () => {
  await assertRefused(["--device", "cpu,abacus"], 'Unknown device "abacus"');
  await assertRefused(["--build", "abacus"], "wanted one of relaxed, plain");
  await assertRefused(["--dtype", "q8"], "wanted one of fp32, fp16");
  await assertRefused(["--abacus"], "Unknown option --abacus");
  await assertRefused(["abacus"], 'Unexpected argument "abacus"');
  await assertRefused(["--filter"], "--filter lacks its value");
  for (const threads of ["0", "-1", "1.5", "x"]) {
    await assertRefused([`--threads=${threads}`], `Cannot use --threads`);
  }
});

Deno.test("readOptions() refuses an option that no chosen device takes", async () => {
  for (const option of ["--threads=2", "--build=plain"]) {
    await assertRefused([option, "--device=cpu,webgpu"], "on cpu, webgpu: wanted wasm among them");
  }
  await assertRefused(["--dtype=fp16", "--device=wasm"], "on wasm: wanted webgpu among them");
});
