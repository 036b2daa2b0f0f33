import { env, type HubEnvironment } from "../../hub/env.ts";

/** Runs `body` with other settings, and restores the old ones when it ends. */
export function withEnv<Result>(settings: Partial<HubEnvironment>, body: () => Result): Result {
  const before = { ...env };
  Object.assign(env, settings);
  const restore = () => void Object.assign(env, before);
  let result: Result;
  try {
    result = body();
  } catch (error) {
    restore();
    throw error;
  }
  if (result instanceof Promise) return result.finally(restore) as Result;
  restore();
  return result;
}
