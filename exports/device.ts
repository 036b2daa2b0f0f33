/**
 * Opening backends, as `mod.ts` exports them.
 *
 * @module
 */
export { availableBackends, type BackendOptions, openBackend } from "../device.ts";
