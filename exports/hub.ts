/**
 * Settings of loading, as `mod.ts` exports them.
 *
 * @module
 */
export { env, type HubEnvironment } from "../hub/env.ts";
