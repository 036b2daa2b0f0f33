/** Gradients of attention beside autograd of the published packages. */
import { assert, assertEquals, assertGreater, assertRejects } from "@std/assert";
import { openBackend } from "../../device.ts";
import type { Backend, Floats } from "../../ops/backend.ts";
import type { ScopeResult } from "../../tensor/tensor_scope.ts";
import { Tape } from "../../training/tape.ts";
import { attentionCases } from "../../verify/attention_cases.ts";
import { UNIT } from "../../verify/bounds.ts";
import { type GoldenCase, GoldenFile } from "../../verify/golden_file.ts";
import { fullAttention } from "../../attention/full/full_attention.ts";
import { plainRotation } from "../../attention/rotary/rotation.ts";
import {
  selfExtendRotary,
  selfExtendTurns,
} from "../../attention/self_extend/self_extend_attention.ts";
import { testOnBackend } from "../helpers/backends.ts";
import { Float64Backend, inFloat64, valuesOf } from "../helpers/float64_backend.ts";
import { goldenFolder } from "../verify/golden_folder.ts";

const file = await GoldenFile.open(goldenFolder("training"), "attention.safetensors");
const rotary = await GoldenFile.open(goldenFolder(""), "self_extend_rope.safetensors");
const cases = new Map((await attentionCases(goldenFolder(""))).map((each) => [each.name, each]));

const QKV = ["query", "key", "value"];

/** The operands of a pattern, in the order in which functional/ uploads them. */
function operandsOf(pattern: string): readonly string[] {
  if (/^lsg_(?!layer)/.test(pattern)) return QKV.flatMap((name) => [name, `global_${name}`]);
  if (pattern === "longformer") return [...QKV, ...QKV.map((name) => `${name}_global`)];
  if (pattern === "linformer") return [...QKV, "key_projection", "value_projection"];
  if (pattern === "self_extend_additive") return [...QKV, "norm_weight", "norm_bias"];
  return QKV;
}

/** A tape that trains the first tensors that are made on it, and holds what the outer scope returns. */
class CaseTape extends Tape {
  readonly operands: Floats[] = [];
  output?: Floats;
  #depth = 0;
  readonly #count: number;

  constructor(backend: Backend, count: number) {
    super(backend);
    this.#count = count;
  }

  override floats(values: Float32Array, dims: readonly number[]): Floats {
    const tensor = super.floats(values, dims);
    if (this.operands.length < this.#count) {
      this.operands.push(tensor);
      this.train(tensor);
    }
    return tensor;
  }

  override scope<Result extends ScopeResult>(body: () => Result): Result {
    this.#depth++;
    try {
      const result = super.scope(body);
      if (this.#depth === 1) {
        this.output = (result as Floats).reshape((result as Floats).dims);
        this.output.storage!.retain!();
      }
      return result;
    } finally {
      this.#depth--;
    }
  }
}

/** The golden's loss: its gradient by the output, see tools/golden/attention_gradients.py. */
async function seedOf(backend: Backend, golden: GoldenCase, { size, dims }: Floats) {
  const counted = (await file.integers(golden, "counted"))!;
  assertEquals([...file.dims(golden, "counted")], dims.slice(0, 2));
  const values = Float32Array.from(
    { length: size },
    (_, i) => counted[Math.floor(i / dims[2])] * (37 * i % 101 - 50) / 32,
  );
  return backend.floats(values, dims);
}

/** Runs cross-attention, the one pattern that functional/ has not. */
async function runCross(golden: GoldenCase, tape: Tape): Promise<void> {
  const mask = (await file.integers(golden, "mask"))!;
  const read = await Promise.all(QKV.map((name) => file.floats(golden, name)));
  const output = tape.scope(() => {
    const [query, key, value] = read.map(({ data, dims }) => tape.floats(data, dims));
    const visible = tape.integers(mask, file.dims(golden, "mask"));
    const { heads } = golden.parameters as { heads: number };
    return fullAttention(tape, { query, key, value, heads, mask: visible });
  });
  const { data } = await file.floats(golden, "output");
  (await output.getData()).forEach((value, i) => assert(Math.abs(value - data[i]) < 1e-4));
  output.dispose();
}

/** Runs Self-Extend with turns that are not rounded to float32, as autograd's are not. */
async function runRotary(golden: GoldenCase, tape: Tape): Promise<void> {
  const given = rotary.cases.find(({ name }) => golden.name === `self_extend_rope/${name}`)!;
  const shape = given.parameters as Record<
    "heads" | "keyHeads" | "rope_theta" | "group" | "window",
    number
  >;
  const { heads, keyHeads, window, rope_theta } = shape;
  const read = await Promise.all(QKV.map((name) => rotary.floats(given, name)));
  const output = tape.scope(() => {
    const [query, key, value] = read.map(({ data, dims }) => tape.floats(data, dims));
    const [batch, tokens, width] = query.dims;
    const mask = tape.integers(new Int32Array(batch * tokens).fill(1), [batch, tokens]);
    const rotation = plainRotation(rope_theta, width / heads);
    const turns = inFloat64(() => selfExtendTurns(tape, tokens, shape, rotation));
    return selfExtendRotary(tape, { query, key, value, heads, keyHeads, mask }, window, turns);
  });
  const { data } = await rotary.floats(given, "output");
  (await output.getData()).forEach((value, i) => assert(Math.abs(value - data[i]) < 1e-4));
  output.dispose();
}

/** Asserts that a case's gradients are the golden ones; returns how many values were compared. */
async function checkCase(
  backend: Backend,
  golden: GoldenCase,
  bound: (largest: number) => number,
): Promise<number> {
  const [pattern] = golden.name.split("/");
  const names = operandsOf(pattern).filter((name) => file.has(golden, `gradient.${name}`));
  assertEquals(
    file.tensors(golden).filter((name) => name.startsWith("gradient.")).length,
    names.length,
  );
  const before = backend.memory();
  const tape = new CaseTape(backend, names.length);
  const isWide = backend instanceof Float64Backend;
  if (pattern === "cross") await runCross(golden, tape);
  else if (pattern === "self_extend_rope" && isWide) await runRotary(golden, tape);
  else for (const { fault } of await cases.get(golden.name)!.run(tape)) assertEquals(fault, "");
  const output = tape.output!;
  const seed = await seedOf(backend, golden, output);
  await tape.backward([output, seed]);
  output.storage!.release!();
  seed.dispose();
  const gradients = new Map(tape.gradients);
  let compared = 0;
  for (const [i, name] of names.entries()) {
    const wanted = await file.floats(golden, `gradient.${name}`);
    const gradient = gradients.get(tape.operands[i]);
    const made = gradient
      ? isWide ? valuesOf(gradient) : await gradient.getData()
      : new Float32Array(wanted.data.length);
    assertEquals(made.length, wanted.data.length, name);
    const largest = wanted.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    wanted.data.forEach((value, at) => {
      const error = Math.abs(made[at] - value);
      // The golden values are rounded to float32.
      if (error <= UNIT * Math.abs(value) + bound(largest)) return;
      throw new Error(`${golden.name}, ${name} at ${at}: ${made[at]}, wanted ${value} (${error})`);
    });
    compared += wanted.data.length;
  }
  tape.dispose();
  assertEquals(backend.memory(), before, golden.name);
  return compared;
}

/** What float64 loses; additive positions are rounded to float32 when they are uploaded. */
function exactBound(pattern: string): (largest: number) => number {
  // Queries and keys have a length of at most 8, positions of 2: a score is off by 4·8 roundings,
  // its weight and the gradient by twice as much each.
  const relative = pattern === "self_extend_additive" ? 4 * 32 * UNIT : 1e-9;
  return (largest) => relative * Math.max(1, largest);
}

for (const pattern of new Set(file.cases.map(({ name }) => name.split("/")[0]))) {
  Deno.test(`${pattern}: gradients are autograd's, in float64`, async () => {
    const backend = new Float64Backend();
    let compared = 0;
    for (const golden of file.cases.filter(({ name }) => name.startsWith(`${pattern}/`))) {
      compared += await checkCase(backend, golden, exactBound(pattern));
    }
    assertGreater(compared, 100);
    backend.dispose();
  });
}

for (const [device, every] of [["cpu", 1], ["wasm", 1], ["webgpu", 25]] as const) {
  testOnBackend(device, "gradients of attention are autograd's", async () => {
    const backend = await openBackend(device);
    for (const golden of file.cases.filter((_, i) => i % every === 0)) {
      // As in attention_backends_test.ts: scores of at most 30, exponentials of webgpu, and sums of
      // at most 60 terms that are not much larger than the largest gradient.
      const bound = (2 * 11 * 30 + 250 + 60) * UNIT;
      await checkCase(backend, golden, (largest) => bound * Math.max(1, largest));
    }
    backend.dispose();
  });
}

for (const pattern of ["linear", "efficient", "performer", "reformer"]) {
  Deno.test(`${pattern} attention has no gradient, and says so`, async () => {
    const backend = new Float64Backend();
    const before = backend.memory();
    const [golden] = [...cases.values()].filter(({ name }) => name.startsWith(`${pattern}/`));
    const tape = new CaseTape(backend, QKV.length);
    const operation = pattern === "reformer" ? "attendHashed" : "attendFeatures";
    await assertRejects(
      () => golden.run(tape),
      TypeError,
      `Cannot train through ${operation}: it has no gradient`,
    );
    tape.dispose();
    assertEquals(backend.memory(), before);
    backend.dispose();
  });
}
