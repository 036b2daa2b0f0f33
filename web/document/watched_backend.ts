/**
 * The memory that a backend needs at most.
 *
 * @module
 */
import type { Backend } from "../../ops/backend.ts";

/** A backend in front of another one that looks at its memory after each call. */
export interface WatchedBackend {
  /** The backend. */
  readonly backend: Backend;
  /** Most bytes since the last call of this function. */
  readonly takeMost: () => number;
}

/**
 * Watches the memory of a backend.
 *
 * @param backend The backend.
 * @returns A backend that runs the same operations.
 */
export function watchMemory(backend: Backend): WatchedBackend {
  let most = 0;
  const watched = new Proxy(backend, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        const result = value.apply(target, args);
        most = Math.max(most, target.memory().bytes);
        return result;
      };
    },
  });
  const takeMost = () => {
    const taken = Math.max(most, backend.memory().bytes);
    most = 0;
    return taken;
  };
  return { backend: watched, takeMost };
}
