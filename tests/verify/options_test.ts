import { assertEquals, assertRejects } from "@std/assert";
import { parseArguments, UsageError } from "../../cli/arguments.ts";
import { testedBackends } from "../helpers/backends.ts";
import { COMMAND, readOptions, type VerifyOptions } from "../../verify/options.ts";

/** Parses and checks arguments; every error is a rejection. */
async function read(args: string[]): Promise<VerifyOptions> {
  return await readOptions(parseArguments(COMMAND, args)!.values);
}

async function assertInvalid(args: string[], message: string): Promise<void> {
  await assertRejects(() => read(args), UsageError, message);
}

Deno.test("readOptions() selects every backend and case by default", async () => {
  const { threads, build, dtype, ...rest } = await read([]);
  assertEquals(rest, {
    devices: [...testedBackends()],
    filter: "",
    support: false,
    quiet: false,
  });
  assertEquals([threads, build, dtype], [undefined, undefined, undefined]);
});

Deno.test("readOptions() returns the given options", async () => {
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

Deno.test("readOptions() rejects unknown values and options", async () => {
  await assertInvalid(["--device", "cpu,abacus"], 'Unknown device "abacus"');
  await assertInvalid(["--build", "abacus"], "wanted one of relaxed, plain");
  await assertInvalid(["--dtype", "q4"], "wanted one of fp32, fp16, q8");
  await assertInvalid(["--abacus"], "Unknown option --abacus");
  await assertInvalid(["abacus"], 'Unexpected argument "abacus"');
  await assertInvalid(["--filter"], "Missing value of --filter");
  for (const threads of ["0", "-1", "1.5", "x"]) {
    await assertInvalid([`--threads=${threads}`], `Cannot use --threads`);
  }
});

Deno.test("readOptions() rejects an option that no chosen backend has", async () => {
  for (const option of ["--threads=2", "--build=plain"]) {
    await assertInvalid([option, "--device=cpu,webgpu"], "on cpu, webgpu: wanted wasm among them");
  }
});
