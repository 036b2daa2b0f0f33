import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { openDevice } from "../../../gpu/machine/device.ts";
import { KernelError } from "../../../gpu/machine/errors.ts";
import { Pipelines } from "../../../gpu/machine/pipelines.ts";
import { testOnGpu } from "../backends.ts";

const kernel = {
  name: "fill",
  code: `
@group(0) @binding(0) var<storage, read_write> y: array<Stored>;
override SIDE: u32 = 1;
@compute @workgroup_size(SIDE)
fn main(@builtin(local_invocation_index) i: u32) {
  y[i] = 1;
}`,
};

testOnGpu("a kernel is compiled once for each set of constants", async () => {
  const device = await openDevice("fp32");
  const pipelines = new Pipelines(device, "fp32");
  const [one, same, other] = await Promise.all([
    pipelines.get(kernel, { SIDE: 1 }),
    pipelines.get(kernel, { SIDE: 1 }),
    pipelines.get(kernel, { SIDE: 2 }),
  ]);
  assertEquals(one, same);
  assert(one !== other);
  assertEquals(pipelines.size, 2);
  device.destroy();
});

testOnGpu(
  "a kernel that does not compile gives KernelError with the compiler's words",
  async () => {
    const device = await openDevice("fp32");
    const pipelines = new Pipelines(device, "fp32");
    const broken = { name: "broken", code: "fn main( {}" };
    const error = await assertRejects(() => pipelines.get(broken), KernelError);
    assertMatch(error.message, /Cannot compile the kernel broken: line 1: .*expected/s);
    await assertRejects(
      () => pipelines.get(kernel, { SIDE: 1e6 }),
      KernelError,
      'Cannot compile the kernel fill with {"SIDE":1000000}',
    );
    device.destroy();
  },
);
