/** Tests of properties on every backend. */
import { assertEquals } from "@std/assert";
import type { Backend } from "../../ops/backend.ts";
import { BACKEND_NAMES, openBackend } from "../../device.ts";
import { testOnBackend } from "./backends.ts";

/** A subject of a property, such as a pattern or a model. */
export interface Subject {
  readonly name: string;
}

/**
 * Tests a property on every backend, which is opened once for all subjects.
 *
 * @param property The property, for the name of the test.
 * @param subjects Subjects that have the property; each is a step of the test.
 * @param check Asserts the property and releases all memory.
 */
export function testOnBackends<Of extends Subject>(
  property: string,
  subjects: readonly Of[],
  check: (subject: Of, backend: Backend) => Promise<void>,
): void {
  for (const device of BACKEND_NAMES) {
    testOnBackend(device, property, async (t) => {
      const backend = await openBackend(device);
      for (const subject of subjects) {
        await t.step(subject.name, () => check(subject, backend));
      }
      assertEquals(backend.memory(), { tensors: 0, bytes: 0 });
      backend.dispose();
    });
  }
}

/** Returns all items, or every third on webgpu, where an emulated GPU takes 20 ms per run. */
export function someOf<Item>({ name }: Backend, all: readonly Item[]): readonly Item[] {
  return name === "webgpu" ? all.filter((_, i) => i % 3 === 2) : all;
}
