import type { Backend } from "../../ops/backend.ts";

/**
 * A backend on which every attention drops weights, each with a key of its own.
 *
 * @param backend The backend; a tape, say.
 * @param rate The share of weights that is dropped.
 * @returns The backend for one computation.
 */
export function dropped<On extends Backend>(backend: On, rate: number): On {
  let key = 0;
  return new Proxy(backend, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      if (name !== "attend") return value.bind(target);
      const attend: Backend["attend"] = (query, parts, options) =>
        target.attend(query, parts, { ...options, dropout: { rate, key: ++key } });
      return attend;
    },
  });
}
