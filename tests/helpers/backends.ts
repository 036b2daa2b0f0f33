/** The backends that tests run on. */
import type { BackendName } from "../../ops/backend.ts";
import { availableBackends, BACKEND_NAMES } from "../../device.ts";

/** Whether a machine without a graphics processor, real or emulated, fails tests. */
export const REQUIRES_WEBGPU = Deno.env.get("LSG_REQUIRE_WEBGPU") === "1";

/** Those that this machine has; all where `LSG_REQUIRE_WEBGPU=1`, so that a missing one fails. */
export async function testedBackends(): Promise<readonly BackendName[]> {
  const available = await availableBackends();
  return BACKEND_NAMES.filter((name) =>
    available.includes(name) || (name === "webgpu" && REQUIRES_WEBGPU)
  );
}
