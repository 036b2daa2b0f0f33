/**
 * What transformers.js's tensors and functions return for random operands.
 *
 * After `npm install --ignore-scripts @huggingface/transformers@4.3.2` in an empty FOLDER:
 * `node tools/make_tensor_goldens.mjs FOLDER > tests/golden/transformers_js_tensors.json`.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import process from "node:process";

const folder = resolve(process.argv[2]);
const js = createRequire(join(folder, "package.json"))("@huggingface/transformers");
const { version } = JSON.parse(
  readFileSync(join(folder, "node_modules/@huggingface/transformers/package.json")),
);

// Numerical Recipes' generator: enough to choose cases.
let state = 21;
const whole = (from, to) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return from + Math.floor(state / 2 ** 32 * (to - from + 1));
};
const one = (items) => items[whole(0, items.length - 1)];
const times = (count, make) => Array.from({ length: count }, (_, i) => make(i));

/** Sixteenths: sums of a few are exact, and printed briefly. */
const sixteenth = (from) => whole(from * 16, 64) / 16;

function operand(dims, type = "float32", from = -4) {
  const size = dims.reduce((a, b) => a * b, 1);
  const data = times(size, () => type === "float32" ? sixteenth(from) : whole(-9, 9));
  return { type, dims, data };
}
const tensorOf = ({ type, dims, data }) =>
  new js.Tensor(type, type === "int64" ? data.map(BigInt) : data, dims);
const shape = (least, most) => times(whole(least, most), () => one([1, 2, 3, 4]));
const anyType = () => one(["float32", "int32", "int64"]);

function range(length) {
  switch (whole(0, 5)) {
    case 0:
      return null;
    case 1:
      return whole(-length, length - 1);
    case 2:
      return [whole(0, length), null];
    case 3:
      return [null, whole(-length, length + 2)];
    default: {
      const start = whole(0, length);
      return [start, whole(start, length + 1)];
    }
  }
}

function shuffled(count) {
  const order = times(count, (i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = whole(0, i);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

const dimOf = (dims) => whole(-dims.length, dims.length - 1);
const reduced = (dims) => one([[], [null], [dimOf(dims)], [dimOf(dims), true]]);

/** The cases of a method, and of the one that changes the tensor in place. */
function inPlaceToo(name, make) {
  return [[name, make], [`${name}_`, make]];
}

/** Makers of cases: the operands of a method of the first one, or of a function, and arguments. */
const METHODS = {
  slice: () => {
    const dims = shape(1, 4);
    return [operand(dims, anyType()), dims.slice(whole(0, 1)).map(range)];
  },
  permute: () => {
    const dims = shape(1, 4);
    return [operand(dims, anyType()), shuffled(dims.length)];
  },
  transpose: () => [operand(shape(2, 2)), [1, 0]],
  view: () => {
    const dims = shape(1, 3);
    return [operand(dims, anyType()), one([[-1], [1, -1], [-1, dims.at(-1)], [dims[0], -1]])];
  },
  squeeze: () => {
    const dims = shape(1, 4);
    const dim = whole(0, dims.length - 1);
    return [operand(dims), one([[], [dim], [[dim, 0]]])];
  },
  unsqueeze: () => {
    const dims = shape(1, 3);
    return [operand(dims), [whole(-dims.length - 1, dims.length)]];
  },
  flatten: () => {
    const dims = shape(1, 4);
    const start = whole(0, dims.length - 1);
    return [operand(dims), one([[], [start], [start, -1], [0, start]])];
  },
  sum: () => {
    const dims = shape(1, 4);
    return [operand(dims), reduced(dims)];
  },
  mean: () => {
    const dims = shape(1, 4);
    return [operand(dims), reduced(dims)];
  },
  norm: () => {
    const dims = shape(1, 3);
    const p = one(["fro", 1, 2, 3, 4]);
    return [operand(dims, "float32", 0), [p, ...reduced(dims)]];
  },
  normalize: () => {
    const dims = [...shape(1, 2), 3];
    return [operand(dims, "float32", 1), one([[], [2], [2, -1], [1, 0], [3, dimOf(dims)]])];
  },
  to: () => [operand(shape(0, 2), anyType()), [anyType()]],
  item: () => [operand(one([[], [1], [1, 1]]), anyType()), []],
  _getitem: () => {
    const dims = shape(1, 3);
    return [operand(dims, anyType()), [whole(-dims[0], dims[0] - 1)]];
  },
  ...Object.fromEntries(["add", "sub", "mul", "div"].flatMap((name) =>
    inPlaceToo(name, () => [
      operand(shape(0, 3), name === "div" ? "float32" : one(["float32", "int32"])),
      [name === "div" ? 2 ** whole(-3, 3) : whole(-9, 9)],
    ])
  )),
  ...Object.fromEntries(["neg", "round", "sigmoid"].flatMap((name) =>
    inPlaceToo(name, () => [
      operand(shape(0, 3)),
      [],
    ])
  )),
  ...Object.fromEntries(inPlaceToo("remainder", () => [
    operand(shape(0, 2), anyType()),
    [one([-4, -3, -1, 1, 2, 5])],
  ])),
  ...Object.fromEntries(inPlaceToo("clamp", () => {
    const least = whole(-4, 2);
    return [operand(shape(0, 2), one(["float32", "int32"])), [least, whole(least, 4)]];
  })),
  squeeze_: () => METHODS.squeeze(),
  unsqueeze_: () => METHODS.unsqueeze(),
  flatten_: () => METHODS.flatten(),
  normalize_: () => METHODS.normalize(),
  gt: () => [operand(shape(0, 2), anyType()), [whole(-4, 4)]],
  lt: () => [operand(shape(0, 2), anyType()), [whole(-4, 4)]],
  min: () => {
    const dims = shape(1, 3);
    return [operand(dims), reduced(dims)];
  },
  max: () => {
    const dims = shape(1, 3);
    return [operand(dims), reduced(dims)];
  },
  argmin: () => [operand(shape(1, 3), one(["float32", "int32"])), one([[], [null]])],
  argmax: () => [operand(shape(1, 3), one(["float32", "int32"])), one([[], [null]])],
  repeat: () => {
    const dims = shape(1, 2);
    return [operand(dims, anyType()), times(whole(dims.length, 3), () => whole(1, 3))];
  },
  tile: () => [operand(shape(1, 3), anyType()), times(whole(1, 3), () => whole(1, 3))],
  stride: () => [operand(shape(1, 3)), []],
};

const FUNCTIONS = {
  cat: () => {
    const dims = shape(1, 3);
    const dim = dimOf(dims);
    const type = anyType();
    const parts = times(whole(1, 3), () => operand(dims.with(dim, whole(1, 3)), type));
    return [parts, dim];
  },
  stack: () => {
    const dims = shape(1, 2);
    const type = anyType();
    return [times(whole(1, 3), () => operand(dims, type)), whole(-dims.length - 1, dims.length)];
  },
  mean_pooling: () => {
    const [batch, tokens] = [whole(1, 3), whole(1, 4)];
    const mask = operand([batch, tokens], "int64");
    mask.data = mask.data.map((_, i) => i % tokens === 0 ? 1 : whole(0, 1));
    return [operand([batch, tokens, whole(1, 3)]), mask];
  },
  matmul: () => {
    const [rows, inner, columns] = times(3, () => whole(1, 4));
    const [a, b] = one([
      [[], []],
      [[2], [2]],
      [[2], []],
      [[], [3]],
      [[1, 2], [3, 1]],
      [[2, 1], [3]],
      [[2, 3], [2, 3]],
      [[2, 3], [3]],
    ]);
    const operands = [operand([...a, rows, inner]), operand([...b, inner, columns])];
    if (whole(0, 4) === 0) operands[whole(0, 1)] = operand([inner]);
    return operands;
  },
  topk: () => {
    const dims = shape(1, 3);
    return [operand(dims), ...one([[], [null], [1], [whole(1, 5)]])];
  },
  softmax: () => [times(whole(1, 5), () => sixteenth(-4))],
  log_softmax: () => [times(whole(1, 5), () => sixteenth(-4))],
  dot: () => times(2, () => times(4, () => sixteenth(-4))),
  cos_sim: () => times(2, () => times(4, () => sixteenth(-4))),
  // Without a constant, and equal values: both add it in different places.
  layer_norm: () => {
    const dims = [whole(1, 3), whole(2, 4)];
    const input = operand(dims);
    for (let i = 0; i < dims[0]; i++) input.data[i * dims[1]] = 5;
    return [input, [dims[1]], { eps: 0 }];
  },
  std_mean: () => {
    const dims = [...shape(1, 2), 3];
    return [operand(dims), ...one([[], [null, 0], [-1], [-1, 0], [-1, 1, true]])];
  },
  mean: () => {
    const dims = shape(1, 3);
    return [operand(dims), ...reduced(dims)];
  },
  permute: () => {
    const dims = shape(1, 3);
    return [operand(dims), shuffled(dims.length)];
  },
  full: () => [shape(0, 3), one([0.5, -2, true, false])],
  full_like: () => [operand(shape(0, 3)), one([0.5, -2, true, false])],
  ones: () => [shape(0, 3)],
  ones_like: () => [operand(shape(0, 3))],
  zeros: () => [shape(0, 3)],
  zeros_like: () => [operand(shape(0, 3))],
  quantize_embeddings: () => [
    operand([whole(1, 3), 8 * whole(1, 3)]),
    one(["binary", "ubinary"]),
  ],
};

/** Operands as tensors, wherever they stand. */
const revive = (value) =>
  Array.isArray(value) ? value.map(revive) : value?.dims ? tensorOf(value) : value;
/** Tensors as plain data, wherever they stand. */
const plain = (value) => {
  if (value instanceof js.Tensor) {
    return { type: value.type, dims: value.dims, data: Array.from(value.data, Number) };
  }
  return Array.isArray(value) ? value.map(plain) : Number(value);
};

const cases = [];
for (const [name, make] of Object.entries(METHODS)) {
  for (let i = 0; i < 12; i++) {
    const [tensor, args] = make();
    cases.push({ name, tensor, args, result: plain(tensorOf(tensor)[name](...args)) });
  }
}
for (const [name, make] of Object.entries(FUNCTIONS)) {
  for (let i = 0; i < 12; i++) {
    const args = make();
    cases.push({ name, args, result: plain(await js[name](...revive(args))) });
  }
}
const metadata = { made_by: "tools/make_tensor_goldens.mjs", transformers_js: version };
const lines = cases.map((each) => `    ${JSON.stringify(each)}`);
console.log(
  `{\n  "metadata": ${JSON.stringify(metadata)},\n  "cases": [\n${lines.join(",\n")}\n  ]\n}`,
);
process.exit(0);
