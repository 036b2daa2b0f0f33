import { assertEquals, assertGreater } from "@std/assert";

/** What a floor has beside its rooms: wiring, checks, devices. */
const NOT_ROOMS = [
  "mod.ts",
  "backend.ts",
  "attend_kernel.ts",
  "attend_operands_kernel.ts",
  "bucket_kernel.ts",
  "buffers.ts",
  "checks.ts",
  "commands.ts",
  "device.ts",
  "erf.ts",
  "errors.ts",
  "exponentials.ts",
  "kernels.ts",
  "linear_kernel.ts",
  "machine.ts",
  "memory.ts",
  "module.ts",
  "pipelines.ts",
  "quantize.ts",
  "quantized_linear.ts",
  "select.ts",
  "storage.ts",
  "tensors.ts",
  "threads.ts",
  "weight.ts",
  "workers.ts",
];

/** Rooms whose speed bench/ shows by themselves; every `select_*` is measured in one file. */
const MEASURED = ["attend", "linear", "select"];

const root = new URL("../", import.meta.url);

/** The TypeScript files of a folder. */
function filesOf(folder: string): string[] {
  return [...Deno.readDirSync(new URL(folder, root))]
    .map((entry) => entry.name)
    .filter((name) => name.endsWith(".ts"))
    .sort();
}

const rooms = filesOf("cpu").filter((name) => !NOT_ROOMS.includes(name));

Deno.test("every file of the CPU reference has its test", () => {
  assertGreater(rooms.length, 10);
  const tests = filesOf("tests/cpu");
  const wanted = filesOf("cpu").filter((name) => name !== "mod.ts");
  const missing = wanted.filter((name) => !tests.includes(name.replace(".ts", "_test.ts")));
  assertEquals(missing, [], "without a test in tests/cpu/");
});

Deno.test("what is no room is a file of a floor", () => {
  const files = ["cpu", "wasm", "gpu"].flatMap(filesOf);
  assertEquals(NOT_ROOMS.filter((name) => !files.includes(name)), [], "in no floor");
});

Deno.test("every test of the CPU reference has its file", () => {
  const stray = filesOf("tests/cpu")
    .filter((name) => !filesOf("cpu").includes(name.replace("_test.ts", ".ts")));
  assertEquals(stray, [], "tests of nothing in cpu/");
});

/** On wasm all lists of `select_*` are made in one file. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  wasm: [...rooms.filter((name) => !name.startsWith("select_")), "select.ts"].sort(),
  gpu: rooms,
};

for (const [floor, floorRooms] of Object.entries(ROOMS)) {
  const files = filesOf(floor);
  Deno.test(`${floor}/ has the rooms of cpu/ under the same names`, () => {
    const wiring = NOT_ROOMS.filter((name) => !floorRooms.includes(name));
    assertEquals(files.filter((name) => !wiring.includes(name)), floorRooms);
  });

  Deno.test(`every file of ${floor}/ has its test`, () => {
    const tests = filesOf(`tests/${floor}`);
    const missing = files
      .filter((name) => !["mod.ts", "kernels.ts"].includes(name) && !name.endsWith("_kernel.ts"))
      .filter((name) => !name.startsWith("select_")) // in select_test.ts
      .filter((name) => !tests.includes(name.replace(".ts", "_test.ts")));
    assertEquals(missing, [], `without a test in tests/${floor}/`);
  });

  Deno.test(`${floor}/ runs the cases that floors share`, () => {
    const missing = filesOf("tests/rooms").filter((name) => name.endsWith("_cases.ts"))
      .filter((name) => {
        const test = `tests/${floor}/${name.replace("_cases.ts", "_test.ts")}`;
        return !Deno.readTextFileSync(new URL(test, root)).includes(`"../rooms/${name}"`);
      });
    assertEquals(missing, [], `not in tests/${floor}/`);
  });
}

Deno.test("every room of two floors has the cases that they share", () => {
  const cases = filesOf("tests/rooms");
  const missing = ROOMS.wasm.filter((name) => !cases.includes(name.replace(".ts", "_cases.ts")));
  assertEquals(missing, [], "without cases in tests/rooms/");
});

Deno.test("every measured room has its bench", () => {
  const benches = filesOf("bench");
  const missing = MEASURED.filter((room) => !benches.includes(`${room}_bench.ts`));
  assertEquals(missing, [], "without a file in bench/");
});
