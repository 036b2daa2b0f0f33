import { assert, assertEquals } from "@std/assert";
import { withLargeColumns } from "../../../bench/accuracy/large_columns.ts";
import { openBackend } from "../../../device.ts";
import type { Backend } from "../../../ops/backend.ts";
import { Random } from "../../../tensor/random.ts";

const [ROWS, WIDTH] = [3, 64];

async function compute(backend: Backend): Promise<Float32Array[]> {
  const random = new Random(1);
  const x = backend.floats(random.normals(ROWS * WIDTH), [1, ROWS, WIDTH]);
  const weight = backend.weight(random.normals(WIDTH * WIDTH), [WIDTH, WIDTH]);
  const ids = backend.integers(new Int32Array([5]), [1, 1]);
  const results = [
    backend.linear(x, weight, undefined, "gelu"),
    backend.feedForward(x, { weight }, "gelu", { weight }),
    backend.embed([{ ids, table: weight }]),
  ];
  return await Promise.all(results.map((result) => result.getData()));
}

Deno.test("enlarged columns change nothing in floats, and in 8 bits all but tables", async () => {
  const plain = await openBackend("cpu");
  const columns = { count: 4, factor: 32 }; // a power of two: exact
  assertEquals(await compute(withLargeColumns(plain, columns)), await compute(plain));
  const eight = await openBackend("cpu", { dtype: "q8" });
  const [linear, feedForward, embed] = await compute(withLargeColumns(eight, columns));
  const [own, ownForward, ownEmbed] = await compute(eight);
  assert(linear.some((value, i) => value !== own[i]));
  assert(feedForward.some((value, i) => value !== ownForward[i]));
  assertEquals(embed, ownEmbed);
});
