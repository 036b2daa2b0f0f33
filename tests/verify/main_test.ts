import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { CpuBackend } from "../../cpu/backend.ts";
import { HEADINGS } from "../../verify/table.ts";
import { main } from "../../verify/main.ts";
import { type MachineOptions, WasmBackend } from "../../wasm/mod.ts";
import { testOnBackend } from "../helpers/backends.ts";
import "../helpers/quiet_reference.ts";

async function run(...args: string[]): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = [];
  // Joins all arguments as console.log does, so that extra ones are noticed.
  const print = (...line: string[]) => lines.push(line.join(" "));
  return { code: await main(args, print), lines };
}

Deno.test("verify prints headings, a line per case and a summary, and exits with 0", async () => {
  const { code, lines } = await run("--filter", "full/", "--device", "cpu");
  assertEquals(code, 0);
  assertEquals(lines.slice(0, 2), HEADINGS);
  const cases = lines.slice(2, -1);
  assert(cases.length > 0);
  for (const line of cases) {
    assertStringIncludes(line, "full/");
    assert(line.endsWith(" ok"), line);
  }
  assertStringIncludes(lines.at(-1)!, `${cases.length} within bound, 0 beyond, on cpu`);
  lines.forEach((line) => assert(line.length <= 100, line));
});

Deno.test("verify exits with 1 and prints the coordinates if a case fails", async () => {
  const { attend } = CpuBackend.prototype;
  CpuBackend.prototype.attend = function (query) {
    return this.floats(new Float32Array(query.size), query.dims);
  };
  try {
    const { code, lines } = await run(
      "--device",
      "cpu",
      "--filter",
      "full/full_t16_full",
      "--quiet",
    );
    assertEquals(code, 1);
    assertEquals(lines.length, 3);
    assert(/FAILED\n {4}0 at \[\d+,\d+,\d+\], wanted /.test(lines[0]), lines[0]);
    assertEquals(lines[1], "    deno task verify --device=cpu --filter=full/full_t16_full");
    assertStringIncludes(lines[2], "0 within bound, 1 beyond");
  } finally {
    CpuBackend.prototype.attend = attend;
  }
});

Deno.test("verify exits with 1 if no case matches", async () => {
  const { code, lines } = await run("--filter", "no such case");
  assertEquals(code, 1);
  assertEquals(lines.at(-1), 'No case has a name with "no such case"');
});

Deno.test("verify prints arguments that run a failed case again", async () => {
  const { attend } = WasmBackend.prototype;
  WasmBackend.prototype.attend = () => {
    throw new RangeError("no such row");
  };
  try {
    const filter = ["--filter", "mask_first_token", "--quiet"];
    const first = await run(
      ...["--device", "wasm", "--threads", "2", "--build", "plain"],
      ...filter,
    );
    const commands = first.lines.filter((line) => line.startsWith("    deno task verify "));
    assertEquals(commands.length, 14);
    for (const command of [commands[0], commands[13]]) {
      const args = command.replace(/^ +deno task verify /, "").split(/ +\\\n +| /);
      assertEquals(args.slice(0, 3), ["--device=wasm", "--threads=2", "--build=plain"]);
      const again = await run(...args, "--quiet");
      assertEquals([again.code, again.lines[1]], [1, command]);
      assertStringIncludes(again.lines[0], "FAILED\n    RangeError: no such row");
    }
  } finally {
    WasmBackend.prototype.attend = attend;
  }
});

Deno.test("verify --quiet prints only the summary if all cases pass", async () => {
  const { code, lines } = await run("--quiet", "--filter", "full/");
  assertEquals([code, lines.length], [0, 1]);
});

Deno.test("verify passes on the threads and the build of wasm", async () => {
  const { open } = WasmBackend;
  const opened: MachineOptions[] = [];
  WasmBackend.open = (options = {}) => {
    opened.push(options);
    return open.call(WasmBackend, options);
  };
  try {
    const { code, lines } = await run(
      ...["--device", "wasm", "--threads", "2", "--build", "plain", "--filter", "full/", "--quiet"],
    );
    assertEquals([code, opened], [0, [{ threads: 2, build: "plain", dtype: undefined }]]);
    assertStringIncludes(lines[0], "0 beyond, on wasm");
  } finally {
    WasmBackend.open = open;
  }
});

Deno.test("verify compares decoders with weights in half precision and in 8 bits", async () => {
  for (const dtype of ["fp16", "q8"]) {
    const { code, lines } = await run(
      "--device=wasm",
      "--dtype",
      dtype,
      "--filter=/phi",
      "--quiet",
    );
    assertEquals(code, 0, lines.join("\n"));
    assertStringIncludes(lines[0], dtype === "q8" ? "8 within" : "10 within");
  }
});

testOnBackend("webgpu", "verify runs the paper's comparisons in each storage type", async () => {
  const adapter = await navigator.gpu.requestAdapter();
  const dtypes = adapter?.features.has("shader-f16") ? ["fp32", "fp16"] : ["fp32"];
  for (const dtype of dtypes) {
    for (const pattern of ["linear", "efficient", "performer", "linformer", "reformer"]) {
      const { code, lines } = await run(
        ...["--device", "webgpu", "--dtype", dtype, "--filter", `${pattern}/`, "--quiet"],
      );
      assertEquals(code, 0, lines.join("\n"));
      assertStringIncludes(lines[0], "4 within bound, 0 beyond, on webgpu");
    }
  }
});

Deno.test("verify exits with 2 and points to its help for invalid arguments", async () => {
  const { code, lines } = await run("--device", "abacus");
  assertEquals(code, 2);
  assertEquals(lines, [
    'verify: Unknown device "abacus": wanted one of cpu, wasm, webgpu\nSee deno task verify --help.',
  ]);
});

Deno.test("verify --help prints the usage and exits with 0", async () => {
  const { code, lines } = await run("--help");
  assertEquals(code, 0);
  assertStringIncludes(lines.join("\n"), "deno task verify [options]");
});
