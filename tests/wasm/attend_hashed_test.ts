import { assertThrows } from "@std/assert";
import { Random } from "../../random.ts";
import { attentionBound, largestLength, largestMagnitude } from "../../verify/bounds.ts";
import { type Floors, UNIT, within } from "../rooms/floors.ts";
import { testOnFloors } from "./floors.ts";

async function check(
  floors: Floors,
  sizes: { tokens: number; width: number; columns: number; chunk: number; masked?: number },
): Promise<void> {
  const { tokens, width, columns, chunk, masked = 0 } = sizes;
  const [batch, heads] = [2, 3];
  const random = new Random(tokens + width);
  const [query, value] = [1, 2].map(() => random.normals(batch * tokens * heads * width));
  const projection = random.normals(heads * width * columns);
  const mask = new Int32Array(batch * tokens)
    .map(() => masked > 0 && random.uniform() * masked < 1 ? 0 : 1);
  const bound = attentionBound({
    query: largestLength(query, width),
    key: 1,
    value: largestMagnitude(value),
    width,
    keys: 2 * chunk,
    scale: 1 / Math.sqrt(width),
    // The factor that makes a query a key.
    roundings: 1,
  }, UNIT);
  mask.forEach((visible, i) => {
    if (visible) return;
    [query, value].forEach((x) => x.fill(NaN, i * heads * width, (i + 1) * heads * width));
  });
  await floors.compare(JSON.stringify(sizes), (backend) => {
    const [q, v] = [query, value].map((x) => backend.floats(x, [batch, tokens, heads * width]));
    const visible = backend.integers(mask, [batch, tokens]);
    const matrix = backend.floats(projection, [heads, width, columns]);
    return [backend.attendHashed(q, v, visible, matrix, chunk)];
  }, within(() => bound));
}

testOnFloors("attendHashed()", async (floors, step) => {
  await step("buckets, chunks and masks of many sizes", async () => {
    for (const tokens of [1, 9, 130]) {
      for (const width of [1, 4, 7]) {
        for (const columns of [1, 3]) {
          for (const chunk of [1, 64]) {
            for (const masked of [0, 3]) {
              await check(floors, { tokens, width, columns, chunk, masked });
            }
          }
        }
      }
    }
  });

  await step("sequences without a visible token", async () => {
    await check(floors, { tokens: 5, width: 3, columns: 2, chunk: 2, masked: 1 });
  });

  await step("refuses shapes that do not fit", () => {
    for (const backend of floors.all) {
      const x = backend.floats(new Float32Array(6), [1, 3, 2]);
      const matrix = backend.floats(new Float32Array(2), [1, 2, 1]);
      const visible = (mask: number[]) => backend.integers(new Int32Array(mask), [1, mask.length]);
      const run = (mask: number[], chunk = 2) => () =>
        backend.attendHashed(x, x, visible(mask), matrix, chunk);
      assertThrows(run([1, 1]), TypeError, "mask has the shape [1,2]");
      assertThrows(run([1, 1, 2]), RangeError, "mask holds 2 at 2");
      for (const chunk of [0, -1, 1.5]) {
        assertThrows(run([1, 1, 1], chunk), RangeError, `chunks of ${chunk} tokens`);
      }
      const wide = backend.floats(new Float32Array(4), [1, 4, 1]);
      assertThrows(
        () => backend.attendHashed(x, x, visible([1, 1, 1]), wide, 2),
        TypeError,
        "projection has the shape [1,4,1], wanted [1,2,1]",
      );
    }
  });
});
