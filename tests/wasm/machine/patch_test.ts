import { assert, assertEquals } from "@std/assert";
import { Random } from "../../../tensor/random.ts";
import { makePatch } from "../../../tools/make_patch.ts";
import { applyPatch } from "../../../wasm/machine/patch.ts";

Deno.test("applyPatch() makes what makePatch() describes", () => {
  const random = new Random(9);
  const draw = (most: number) => Math.floor(random.uniform() * most);
  const bytes = (length: number) => Uint8Array.from({ length }, () => draw(256));
  const base = bytes(3000);
  const others = [new Uint8Array(), base, bytes(5), bytes(700), base.slice(0, 7), base.slice(2000)];
  for (let i = 0; i < 60; i++) {
    // Pieces of the base in any order, and others between them.
    const pieces = Array.from({ length: draw(8) }, () => {
      const start = draw(base.length);
      return draw(3) === 0 ? bytes(draw(200)) : base.subarray(start, start + draw(400));
    });
    others.push(Uint8Array.from(pieces.flatMap((piece) => [...piece])));
  }
  for (const wanted of others) {
    assertEquals(applyPatch(base, makePatch(base, wanted)), wanted);
    assertEquals(applyPatch(new Uint8Array(), makePatch(new Uint8Array(), wanted)), wanted);
  }
  assert(makePatch(base, base).length < 10);
});
