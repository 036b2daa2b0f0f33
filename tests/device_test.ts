import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { fromFileUrl } from "@std/path";
import type { BackendName } from "../ops/backend.ts";
import { availableBackends, BACKEND_NAMES, type BackendOptions, openBackend } from "../device.ts";
import { CpuBackend } from "../cpu/mod.ts";
import { GpuBackend } from "../gpu/mod.ts";
import { mayHaveHardware } from "../gpu/machine/find_hardware.ts";
import { findEager, readImports } from "../tools/check_layers.ts";
import { WasmBackend } from "../wasm/mod.ts";
import { testedBackends } from "./helpers/backends.ts";
import { withFolder } from "./helpers/with_folder.ts";

const ROOT = new URL("../", import.meta.url);

/** Which files of the backends a process runs that imports mod.ts and then does something. */
async function filesRunBy(statement: string): Promise<string[]> {
  const files: string[] = [];
  await withFolder(async (folder) => {
    const script = `${folder}/script.ts`;
    await Deno.writeTextFile(script, `import * as core from "${ROOT}mod.ts";\n${statement}`);
    const flags = ["--config", fromFileUrl(new URL("deno.json", ROOT)), "--allow-all"];
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      // A report of coverage is written for each file that was run, whatever was only fetched.
      args: ["run", "--quiet", "--no-check", ...flags, `--coverage=${folder}/coverage`, script],
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    for await (const { name } of Deno.readDir(`${folder}/coverage`)) {
      const { url } = JSON.parse(await Deno.readTextFile(`${folder}/coverage/${name}`));
      if (url.startsWith(ROOT.href)) files.push(url.slice(ROOT.href.length));
    }
  });
  assert(files.includes("device.ts"));
  return files.filter((file) => /^(cpu|wasm|gpu)\//.test(file)).sort();
}

Deno.test("openBackend() opens every backend that there is", async () => {
  assertEquals((await availableBackends()).slice(0, 2), ["cpu", "wasm"]);
  for (const name of await testedBackends()) {
    const backend = await openBackend(name);
    assertEquals(backend.name, name);
    assertEquals(backend.memory(), { tensors: 0, bytes: 0 });
    backend.dispose();
  }
});

Deno.test("openBackend() and each backend name options that there are not", async () => {
  const wrong: [unknown, string][] = [
    [{ thread: 1 }, "with thread: wanted"],
    [{ dtypes: "q8" }, "with dtypes: wanted"],
    [null, "with the options null: wanted an object"],
  ];
  for (const [options, says] of wrong) {
    await assertRejects(() => openBackend("cpu", options as BackendOptions), TypeError, says);
    await assertRejects(() => WasmBackend.open(options as BackendOptions), TypeError, says);
    await assertRejects(() => GpuBackend.open(options as BackendOptions), TypeError, says);
    assertThrows(() => new CpuBackend(options as BackendOptions), TypeError, says);
  }
});

Deno.test("openBackend() chooses one by itself", async () => {
  for (const backend of [await openBackend(), await openBackend("auto")]) {
    assert(BACKEND_NAMES.includes(backend.name));
    backend.dispose();
  }
});

Deno.test("openBackend() chooses graphics processors by itself, but not emulated ones", async () => {
  const adapter = await navigator.gpu?.requestAdapter();
  const isHardware = !!adapter && !adapter.info.isFallbackAdapter;
  const backend = await openBackend();
  assertEquals(backend.name, isHardware ? "webgpu" : "wasm");
  backend.dispose();
  const threaded = await openBackend("auto", { threads: 1 });
  assertEquals(threaded.name, "wasm");
  threaded.dispose();
  await assertRejects(
    () => openBackend("webgpu", { threads: 2 }),
    RangeError,
    "Cannot run webgpu on 2 threads",
  );
});

Deno.test({
  name: "openBackend() asks no driver on Linux without files of graphics processors",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const script = `
      import { availableBackends, openBackend } from "${ROOT}device.ts";
      import { mayHaveHardware } from "${ROOT}gpu/machine/find_hardware.ts";
      let requests = 0;
      const gpu = { requestAdapter: () => Promise.resolve(void requests++ ?? null) };
      Object.defineProperty(navigator, "gpu", { value: gpu });
      for (const threads of [undefined, 1]) (await openBackend("auto", { threads })).dispose();
      await availableBackends();
      await openBackend("webgpu").catch(({ name }) => console.log(name));
      console.log(await mayHaveHardware(), requests);`;
    const run = async (permissions: string[]) => {
      const process = new Deno.Command(Deno.execPath(), {
        args: ["run", "--no-prompt", "--quiet", "--no-check", "--ext=ts", ...permissions, "-"],
        stdin: "piped",
        stdout: "piped",
        stderr: "piped",
      }).spawn();
      const writer = process.stdin.getWriter();
      await writer.write(new TextEncoder().encode(script));
      await writer.close();
      const { stdout, stderr } = await process.output();
      return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    };
    const isPresent = await mayHaveHardware();
    // An explicit "webgpu" is always asked for.
    const wanted = `NoAdapterError\n${isPresent} ${isPresent ? 3 : 1}\n`;
    assertEquals(await run(["--allow-all"]), wanted);
    // Without permission to look, or to look at devices, the driver is asked.
    for (const permissions of [[], ["--allow-read"]]) {
      assertEquals(await run(permissions), "NoAdapterError\ntrue 3\n");
    }
  },
});

Deno.test("the task lsg chooses a device without a warning of the driver", async () => {
  const { XDG_RUNTIME_DIR: _, ...env } = Deno.env.toObject();
  const text = ["--text", "It was a dark and <mask> night."];
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "lsg", "fill-mask", "demo/model", ...text],
    cwd: ROOT,
    clearEnv: true,
    env,
  }).output();
  assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
});

Deno.test("openBackend() opens another one each time", async () => {
  const [first, second] = [await openBackend("cpu"), await openBackend("cpu")];
  first.dispose();
  assertEquals(second.floats(new Float32Array([1]), [1]).tolist(), [1]);
});

Deno.test("openBackend() refuses unknown names and lists the known ones", async () => {
  for (const name of ["cuda", "", "toString", "__proto__"]) {
    await assertRejects(
      () => openBackend(name as BackendName),
      RangeError,
      `Cannot open the device "${name}": wanted "auto" or one of "cpu"`,
    );
  }
});

Deno.test("mod.ts imports no backend but dynamically, where bundlers see it", async () => {
  const imports = await readImports(fromFileUrl(ROOT));
  assertEquals(findEager(imports), []);
  const dynamic = imports.filter(({ from, isDynamic }) => from === "device.ts" && isDynamic);
  const imported = dynamic.map(({ to }) => to);
  for (const folder of ["cpu", "wasm", "gpu"]) assert(imported.includes(`${folder}/backend.ts`));
});

Deno.test("opening a backend loads no other", async () => {
  for (const name of await testedBackends()) {
    const files = await filesRunBy(`await core.openBackend("${name}");`);
    const folder = name === "webgpu" ? "gpu" : name;
    // tools/check_layers.ts checks that no backend imports a file of another.
    assertEquals(files.filter((file) => /^[^/]+\/backend\.ts$/.test(file)), [
      `${folder}/backend.ts`,
    ]);
  }
});

Deno.test("availableBackends() loads no backend, only what looks for features", async () => {
  const files = await filesRunBy("await core.availableBackends();");
  // Where there may be a graphics processor, what asks its driver, too.
  const askDriver = ["gpu/machine/device.ts", "gpu/machine/errors.ts"];
  assertEquals(files.filter((file) => !askDriver.includes(file)), [
    "gpu/machine/adapter.ts",
    "gpu/machine/find_hardware.ts",
    "wasm/machine/has_simd.ts",
  ]);
});

Deno.test("openBackend() without WebAssembly opens the reference", async () => {
  const script = `
    import { availableBackends, openBackend } from "${ROOT}device.ts";
    const { name } = await openBackend("auto", { threads: 1 });
    console.log(name, (await availableBackends()).includes("wasm"));`;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--v8-flags=--jitless", script],
  }).output();
  assertEquals(new TextDecoder().decode(stdout).trim(), "cpu false");
});
