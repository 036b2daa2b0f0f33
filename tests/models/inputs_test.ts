import { assert, assertEquals, assertThrows } from "@std/assert";
import { readInputs, type TokenNumbers } from "../../models/inputs.ts";
import { Tensor } from "../../tensor/tensor.ts";

const LIMITS = { vocabulary: 10, types: 2 };
const IDS = [[0, 5, 2], [0, 2, 1]];

/** Reads inputs of any type, as a caller in JavaScript may pass them. */
function read(inputs: unknown) {
  return readInputs(inputs as Parameters<typeof readInputs>[0], LIMITS);
}

Deno.test("readInputs gives ids, a mask of ones and types of zeros", () => {
  const batch = read({ input_ids: IDS });
  assertEquals([batch.batch, batch.tokens], [2, 3]);
  assertEquals(batch.ids, new Int32Array([0, 5, 2, 0, 2, 1]));
  assertEquals(batch.mask, new Int32Array(6).fill(1));
  assertEquals(batch.typeIds, new Int32Array(6));
});

Deno.test("readInputs takes the given mask and types", () => {
  const batch = read({
    input_ids: IDS,
    attention_mask: [[1, 1, 1], [1, 1, 0]],
    token_type_ids: [[0, 1, 1], [0, 0, 0]],
    output_hidden_states: true,
    layer_callback: () => {},
  });
  assertEquals(batch.mask, new Int32Array([1, 1, 1, 1, 1, 0]));
  assertEquals(batch.typeIds, new Int32Array([0, 1, 1, 0, 0, 0]));
});

Deno.test("readInputs takes null for absent", () => {
  const nothing = {
    attention_mask: null,
    token_type_ids: null,
    global_attention_mask: null,
    output_hidden_states: null,
    layer_callback: null,
    signal: null,
    position_ids: null,
  };
  assertEquals(read({ input_ids: IDS, ...nothing }), read({ input_ids: IDS }));
});

Deno.test("readInputs takes a global mask where the model has global tokens", () => {
  const inputs = { input_ids: IDS, global_attention_mask: [[1, 0, 0], [0, 0, 1]] };
  const limits = { ...LIMITS, globals: true };
  assertEquals(readInputs(inputs, limits).globalMask, new Int32Array([1, 0, 0, 0, 0, 1]));
  assertEquals(readInputs({ input_ids: IDS }, limits).globalMask, new Int32Array(6));
  assertThrows(() => read(inputs), TypeError, "only a Longformer or an LED takes it");
  const wrong = { input_ids: IDS, global_attention_mask: [[2, 0, 0], [0, 0, 1]] };
  assertThrows(() => readInputs(wrong, limits), RangeError, "wanted 1 (global) or 0");
});

Deno.test("readInputs takes tensors and bigints for the same batch", () => {
  const wanted = read({ input_ids: IDS, attention_mask: [[1, 1, 1], [1, 1, 0]] });
  const dims = [2, 3];
  const ids = IDS.flat();
  const forms: TokenNumbers[] = [
    IDS.map((row) => row.map(BigInt)),
    new Tensor("int64", BigInt64Array.from(ids, BigInt), dims),
    new Tensor("int32", Int32Array.from(ids), dims),
  ];
  for (const input_ids of forms) {
    const mask = new Tensor("int64", BigInt64Array.from([1n, 1n, 1n, 1n, 1n, 0n]), dims);
    assertEquals(read({ input_ids, attention_mask: mask }), wanted);
  }
});

Deno.test("readInputs takes the array of an int32 tensor as it is", () => {
  const array = new Int32Array([0, 5, 2]);
  assert(read({ input_ids: new Tensor("int32", array, [1, 3]) }).ids === array);
});

for (
  const [what, input_ids, message] of [
    ["ragged rows", [[0, 5, 2], [0, 2]], "have 3,2 tokens"],
    ["rows without tokens", [[], []], "have 0,0 tokens"],
    ["an empty batch", [], "an array of 0"],
    ["one sequence without a batch", [0, 5, 2], "an array of 3"],
    ["a sequence beside a row", [[0], 5], "an array of 2"],
    ["text", "hello", 'is "hello"'],
    ["null", null, "wanted an object with input_ids"],
    ["a typed array", new Int32Array(3), "is Int32Array"],
    ["a tensor of one dimension", new Tensor("int32", new Int32Array(3), [3]), "shape [3]"],
    ["a tensor of three", new Tensor("int32", new Int32Array(4), [1, 2, 2]), "shape [1,2,2]"],
    ["a tensor of bool", new Tensor("bool", new Uint8Array(2), [1, 2]), "of bool"],
    [
      "a tensor of fractions",
      new Tensor("float32", new Float32Array([0, 1.5]), [1, 2]),
      "1.5 at 1",
    ],
    ["a tensor without values", new Tensor("int32", new Int32Array(), [0, 2]), "shape [0,2]"],
    ["arrays of three", [[[1, 2]]], "holds [1,2] at 0"],
    ["fractions", [[0, 1.5]], "holds 1.5 at 1"],
    ["NaN", [[0, NaN]], "holds NaN at 1"],
    ["strings", [[0, "5"]], 'holds "5" at 1'],
    ["booleans", [[true]], "holds true at 0"],
    ["holes", [[0, , 2]], "holds undefined at 1"],
  ] as const
) {
  Deno.test(`readInputs refuses ${what} as ids with a TypeError`, () => {
    const error = assertThrows(() => read({ input_ids }), TypeError, message);
    assert(error.message.includes("input_ids"), error.message);
  });
}

Deno.test("readInputs refuses ids in tensors that are not in the vocabulary", () => {
  for (
    const ids of [
      new Tensor("int32", new Int32Array([0, 10]), [1, 2]),
      new Tensor("int64", new BigInt64Array([0n, 10n]), [1, 2]),
      new Tensor("float32", new Float32Array([0, 10]), [1, 2]),
    ]
  ) {
    assertThrows(() => read({ input_ids: ids }), RangeError, "holds 10 at 1; the vocabulary has");
  }
});

for (const id of [10, -1, 2 ** 31, 2 ** 40, -(2 ** 40), 2n ** 53n]) {
  Deno.test(`readInputs refuses the id ${id}, which is not in the vocabulary`, () => {
    assertThrows(() => read({ input_ids: [[0, id]] }), RangeError, `holds ${id} at 1; the`);
  });
}

for (
  const [name, value, error, message] of [
    ["attention_mask", [[1, 1, 2], [1, 1, 1]], RangeError, "holds 2 at 2; wanted 1 (visible) or 0"],
    ["attention_mask", [[1, 1, -1], [1, 1, 1]], RangeError, "at 2; wanted 1 (visible) or 0"],
    ["attention_mask", [[1, 1, 1]], TypeError, "shape [1,3], input_ids [2, 3]"],
    ["attention_mask", [[1, 1], [1, 1]], TypeError, "shape [2,2], input_ids [2, 3]"],
    ["attention_mask", [[1, 1, 1], [1]], TypeError, "have 3,1 tokens"],
    ["attention_mask", [[1, 1, 0.5], [1, 1, 1]], TypeError, "holds 0.5 at 2"],
    [
      "token_type_ids",
      [[0, 0, 2], [0, 0, 0]],
      RangeError,
      "holds 2 at 2; the model has types 0 … 1",
    ],
    ["token_type_ids", [[0, 0, 0]], TypeError, "shape [1,3], input_ids [2, 3]"],
  ] as const
) {
  Deno.test(`readInputs refuses ${name} ${JSON.stringify(value)}`, () => {
    assertThrows(() => read({ input_ids: IDS, [name]: value }), error, message);
  });
}

Deno.test("readInputs refuses a mask tensor of another shape with as many values", () => {
  const attention_mask = new Tensor("int32", new Int32Array(6).fill(1), [3, 2]);
  assertThrows(() => read({ input_ids: IDS, attention_mask }), TypeError, "shape [3,2]");
});

for (
  const [name, value, wanted] of [
    ["output_hidden_states", "false", '"false": wanted true or false'],
    ["output_hidden_states", 1, "1: wanted true or false"],
    ["layer_callback", "log", '"log": wanted a function'],
  ] as const
) {
  Deno.test(`readInputs refuses ${name} ${JSON.stringify(value)}`, () => {
    assertThrows(() => read({ input_ids: IDS, [name]: value }), TypeError, `${name} ${wanted}`);
  });
}

Deno.test("readInputs names a key that no model takes", () => {
  const inputs = { input_ids: IDS, attention_masks: IDS };
  assertThrows(() => read(inputs), TypeError, "with attention_masks: wanted input_ids");
});

Deno.test("readInputs refuses values that are not an object with ids", () => {
  for (const inputs of [undefined, null, 5, "text", {}, { attention_mask: IDS }]) {
    assertThrows(() => read(inputs), TypeError, "wanted an object with input_ids");
  }
});
