/** Properties that hold on every backend. */
import { assertEquals } from "@std/assert";
import type { Backend } from "../../ops/backend.ts";
import { openBackend } from "../../device.ts";
import { testedBackends } from "./backends.ts";

/** What has a property: a pattern, a model. */
export interface Subject {
  readonly name: string;
}

const backends = await testedBackends();

/**
 * Tests a property on every backend, which is opened once for all subjects.
 *
 * @param property What holds, for the name of the test.
 * @param subjects What it holds for.
 * @param check Asserts it, and gives back all memory.
 */
export function testOnBackends<Of extends Subject>(
  property: string,
  subjects: readonly Of[],
  check: (subject: Of, backend: Backend) => Promise<void>,
): void {
  for (const device of backends) {
    Deno.test(`${device}: ${property}`, async (t) => {
      const backend = await openBackend(device);
      for (const subject of subjects) {
        await t.step(subject.name, () => check(subject, backend));
      }
      assertEquals(backend.memory(), { tensors: 0, bytes: 0 });
      backend.dispose();
    });
  }
}

/** All of a list; on webgpu, which may be emulated at 20 ms a run, every third. */
export function someOf<Item>({ name }: Backend, all: readonly Item[]): readonly Item[] {
  return name === "webgpu" ? all.filter((_, i) => i % 3 === 2) : all;
}
