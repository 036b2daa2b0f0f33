import { assert, assertEquals } from "@std/assert";
import { keyHolder, scoresOf } from "../../../attention/full/byte_keys.ts";
import { fullAttention } from "../../../attention/full/full_attention.ts";
import { lsgAttention } from "../../../attention/lsg/lsg_attention.ts";
import { resolveLsgParameters } from "../../../attention/mod.ts";
import { CpuBackend } from "../../../cpu/mod.ts";
import type { Floats } from "../../../ops/backend.ts";
import { Random } from "../../../tensor/random.ts";
import { Tape } from "../../../training/tape.ts";

Deno.test("keyHolder() rounds keys once, less the mean of visible tokens", () => {
  using backend = new CpuBackend();
  const key = backend.floats(new Float32Array([50, 1, 3, 900]), [1, 4, 1]);
  const mask = backend.integers(new Int32Array([1, 1, 0]), [1, 3]);
  const hold = keyHolder(backend, { key, mask, heads: 1, scores: "q8", first: 1, tokens: 3 });
  assertEquals([...hold(key).data], [48, -1, 1, 898]);
  assert(hold(key) === hold(key));
  assert(keyHolder(backend, { key, mask, heads: 1, first: 1, tokens: 3 })(key) === key);
});

Deno.test("scoresOf() keeps floats but in encoders with q8 where nothing is trained", () => {
  using backend = new CpuBackend({ dtype: "q8" });
  using plain = new CpuBackend();
  assertEquals(scoresOf(backend, false), "q8");
  assertEquals(scoresOf(backend, true), undefined);
  assertEquals(scoresOf(plain, false), undefined);
  assertEquals(scoresOf(new Tape(backend), false), undefined);
  assertEquals(scoresOf({ ...plain, name: "webgpu", dtype: "q8" } as never, false), undefined);
});

Deno.test("attention with scores in 8 bits is near, and a row alone is as padded in a batch", () => {
  using backend = new CpuBackend();
  const [globals, tokens, visible, heads, width] = [2, 24, 16, 2, 16];
  const random = new Random(5);
  // What all keys have in common costs nothing.
  const drawn = [0, 5, 0].map((shift) =>
    random.normals(2 * (globals + tokens) * width).map((value) => value + shift)
  );
  const block = { block_size: 4, sparse_block_size: 4, sparsity_factor: 2 };
  const lsg = resolveLsgParameters({ ...block, sparsity_type: "norm" });
  const attend = (batch: number, count: number, attention: "lsg" | "full", scores?: "q8") => {
    const dims = [batch, globals + count, width];
    const size = dims.reduce((a, b) => a * b);
    const [query, key, value]: Floats[] = drawn.map((x) =>
      backend.floats(x.subarray(0, size), dims)
    );
    const seen = Int32Array.from({ length: batch * count }, (_, i) => i % count < visible ? 1 : 0);
    const mask = backend.integers(seen, [batch, count]);
    const input = { query, key, value, heads, scores };
    const y = attention === "lsg"
      ? lsgAttention(backend, { ...input, mask, globals }, lsg)
      : fullAttention(backend, input);
    return (y.data as Float32Array).slice(0, (globals + visible) * width);
  };
  for (const attention of ["lsg", "full"] as const) {
    const [near, exact] = [attend(2, tokens, attention, "q8"), attend(2, tokens, attention)];
    const error = Math.max(...near.map((value, i) => Math.abs(value - exact[i])));
    // Integers err by a 254th of heads of norms near 3, whose products are divided by √8.
    assert(error > 0 && error < 0.05, `${error}`);
  }
  assertEquals(attend(1, visible, "lsg", "q8"), attend(2, tokens, "lsg", "q8"));
});
