import { assert, assertEquals, assertThrows } from "@std/assert";
import { Tensor } from "../../tensor/tensor.ts";
import { TensorScopes } from "../../tensor/tensor_scope.ts";

/** Makes named tensors in scopes and lists the disposed ones in order. */
function trackedScopes() {
  const scopes = new TensorScopes();
  const disposed: string[] = [];
  const make = (name: string) => {
    const storage = {
      read: () => Promise.resolve(new Float32Array(1)),
      dispose: () => disposed.push(name),
    };
    const tensor = new Tensor("float32", storage, [1]);
    scopes.track(tensor);
    return tensor;
  };
  return { scopes, disposed, make };
}

Deno.test("TensorScopes.run() disposes of tensors that its body does not return", () => {
  const { scopes, disposed, make } = trackedScopes();
  const kept = scopes.run(() => {
    make("a");
    const kept = make("b");
    make("c");
    return kept;
  });
  assertEquals(disposed, ["a", "c"]);
  assert(kept instanceof Tensor);
});

Deno.test("TensorScopes.run() keeps tensors in arrays and records", () => {
  const { scopes, disposed, make } = trackedScopes();
  scopes.run(() => {
    make("a");
    return [make("b"), make("c")];
  });
  scopes.run(() => {
    make("d");
    return { keys: make("e"), values: make("f") };
  });
  assertEquals(disposed, ["a", "d"]);
});

Deno.test("TensorScopes.run() passes returned tensors to the enclosing scope", () => {
  const { scopes, disposed, make } = trackedScopes();
  scopes.run(() => {
    const inner = scopes.run(() => {
      make("a");
      return make("b");
    });
    assertEquals(disposed, ["a"]);
    make("c");
    return scopes.run(() => {
      make("d");
      return [inner, make("e")];
    })[1];
  });
  assertEquals(disposed, ["a", "d", "b", "c"]);
});

Deno.test("TensorScopes.run() disposes of everything when its body throws", () => {
  const { scopes, disposed, make } = trackedScopes();
  assertThrows(
    () =>
      scopes.run(() => {
        make("a");
        return scopes.run((): Tensor => {
          make("b");
          throw new Error("no");
        });
      }),
    Error,
    "no",
  );
  assertEquals(disposed, ["b", "a"]);
  make("c");
  assertEquals(disposed, ["b", "a"], "a scope is still open");
});

Deno.test("TensorScopes does not track tensors outside of any scope", () => {
  const { scopes, disposed, make } = trackedScopes();
  const outside = make("a");
  scopes.run(() => [outside]);
  scopes.run(() => []);
  assertEquals(disposed, []);
});
