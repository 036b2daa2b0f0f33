/** Backends that tests run on. */
import type { BackendName } from "../../ops/backend.ts";
import { BACKEND_NAMES, openBackend } from "../../device.ts";
import { hasAdapter } from "../../gpu/machine/device.ts";
import { testUnless } from "./test_unless.ts";

/** Whether tests fail, instead of being skipped, if there is no GPU adapter, real or emulated. */
export const REQUIRES_WEBGPU = Deno.env.get("LSG_REQUIRE_WEBGPU") === "1";

/** Reasons to skip the tests of backends. Only webgpu may be skipped, and only if not required. */
const skipReasons: Partial<Record<BackendName, string>> = {};
if (!REQUIRES_WEBGPU && !await hasAdapter()) {
  skipReasons.webgpu = await openBackend("webgpu").then(
    () => "hasAdapter() found none",
    ({ message }: Error) => message,
  );
}

/** Lists the backends that tests run on: all, except those that are skipped. */
export function testedBackends(): readonly BackendName[] {
  return BACKEND_NAMES.filter((name) => skipReasons[name] === undefined);
}

/**
 * Registers a test of one backend. If the backend cannot be opened, the test is ignored with the
 * reason in its name, or fails if the backend is required.
 *
 * @param device Name of the backend.
 * @param name Name of the test.
 * @param fn Body of the test; opens the backend.
 */
export function testOnBackend(
  device: BackendName,
  name: string,
  fn: (t: Deno.TestContext) => Promise<void>,
): void {
  testUnless(skipReasons[device], `${device}: ${name}`, fn);
}
