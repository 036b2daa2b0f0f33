import { assert, assertEquals } from "@std/assert";
import { AutoModelForCausalLM } from "../../../generation/mod.ts";
import { Random } from "../../../tensor/random.ts";
import type { Command, Range } from "../../../wasm/machine/layout.ts";
import { Together } from "../../../wasm/machine/together.ts";
import { type Build, WasmBackend } from "../../../wasm/mod.ts";
import { goldenPath } from "../../models/golden_models.ts";

const ALONE = 0x100;
const JOINED = 0x200;

/** An operation that touches memory. */
function touching(reads: readonly Range[], writes: Range): Command {
  return { operation: 1, words: [], touched: { reads, writes } };
}

/** An operation that computes values, and tells nothing else. */
const plain = (values?: number): Command => ({ operation: 1, words: [], values });

/** What is decided for one operation after the other. */
function decide(...commands: readonly Command[]): number[] {
  const together = new Together();
  return commands.map((command) => together.add(command));
}

Deno.test("operations of few values run alone, others do not", () => {
  assertEquals(decide(plain(0), plain(4096), plain(4097), plain()), [ALONE, ALONE, 0, 0]);
});

Deno.test("operations that read the same and write apart are joined", () => {
  const x: Range = [0, 64];
  assertEquals(
    decide(touching([x], [64, 64]), touching([x], [128, 64]), touching([x], [192, 64])),
    [0, JOINED, JOINED],
  );
});

Deno.test("an operation waits for those whose memory it needs, or that need what it writes", () => {
  const first = touching([[0, 64]], [64, 64]);
  for (
    const second of [
      touching([[127, 1]], [128, 64]), // reads the result
      touching([[256, 64], [120, 64]], [128, 64]), // in its second operand
      touching([[256, 64]], [127, 64]), // writes the result
      touching([[256, 64]], [63, 1]), // writes what the first reads
    ]
  ) {
    assertEquals(decide(first, second), [0, 0]);
    assertEquals(decide(first, touching([[512, 64]], [576, 64]), second), [0, JOINED, 0]);
  }
  assertEquals(decide(first, touching([[128, 64]], [192, 64])), [0, JOINED]);
});

Deno.test("nothing is joined to what came before an operation that waits", () => {
  const apart = (i: number) => touching([[1000, 8]], [8 * i, 8]);
  assertEquals(decide(apart(0), plain(), apart(1), apart(2)), [0, 0, 0, JOINED]);
  assertEquals(decide(apart(0), plain(1), apart(1), apart(2)), [0, ALONE, 0, JOINED]);
  const together = new Together();
  together.add(apart(0));
  together.end();
  assertEquals([together.add(apart(1)), together.add(apart(2))], [0, JOINED]);
});

Deno.test("at most eight operations are joined, as each counts its turns", () => {
  const all = Array.from({ length: 18 }, (_, i) => touching([[1000, 8]], [8 * i, 8]));
  const joined = Array.from({ length: 18 }, (_, i) => i % 8 === 0 ? 0 : JOINED);
  assertEquals(decide(...all), joined);
});

Deno.test("in a step of a decoder threads wait for each other five times a layer", async () => {
  const { add } = Together.prototype;
  const flags: number[] = [];
  const backend = await WasmBackend.open({ threads: 1 });
  const model = await AutoModelForCausalLM.from_pretrained(goldenPath("decoders/llama"), {
    device: backend,
  });
  const runner = model.startDecoding({ capacity: 8, longest: 8 });
  (await runner.start([[5, 6, 7]])).dispose();
  await backend.settle();
  Together.prototype.add = function (command) {
    const flag = add.call(this, command);
    flags.push(flag);
    return flag;
  };
  try {
    await (await runner.step([{ parent: 0, ids: [7] }])).getData();
  } finally {
    Together.prototype.add = add;
  }
  runner.dispose();
  model.dispose();
  backend.dispose();
  const letters = flags.map((flag) => flag === ALONE ? "a" : flag === JOINED ? "j" : "|").join("");
  // Norm; query, key, value; turned and written; attention; output; sum and norm; gate, up; product; …
  const layer = "a|jjaaaa||aa|ja|a";
  assertEquals(letters, `a${layer}${layer}a|`);
});

for (const build of ["relaxed", "plain"] as const satisfies readonly Build[]) {
  Deno.test(`threads that wait less compute what one thread does: ${build}`, async () => {
    const one = await WasmBackend.open({ threads: 1, build });
    for (const threads of [2, 3]) {
      const several = await WasmBackend.open({ threads, build });
      for (let round = 0; round < 2; round++) {
        const results = [];
        for (const backend of [one, several]) results.push(await layers(backend, round));
        assertEquals(results[1], results[0]);
        assert(results[0].every(Number.isFinite));
      }
      several.dispose();
    }
    one.dispose();
  });
}

/** A chain of layers whose results, and weights, give their memory to those after them. */
async function layers(backend: WasmBackend, seed: number): Promise<Float32Array> {
  const random = new Random(seed);
  const draw = (count: number) =>
    Float32Array.from({ length: count }, () => random.uniform() - 0.5);
  const width = 96;
  const matrix = () => backend.weight(draw(width * width), [width, width]);
  const norm = backend.floats(draw(width), [width]);
  const y = backend.scope(() => {
    let x = backend.floats(draw(2 * width), [1, 2, width]);
    for (let layer = 0; layer < 8; layer++) {
      x = backend.scope(() => {
        const input = backend.rmsNorm(x, norm, 1e-5);
        const parts = Array.from({ length: 10 }, () => {
          const weight = matrix();
          const part = backend.linear(input, weight);
          weight.dispose(); // its memory may be the next result's
          return part;
        });
        return backend.rmsNorm(parts.reduce((a, b) => backend.add(a, b)), norm, 1e-5, x);
      });
    }
    return x;
  });
  const values = await y.getData();
  y.dispose();
  norm.dispose();
  return values;
}
