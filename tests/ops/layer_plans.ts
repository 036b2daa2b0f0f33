/** Plans of the operations of a layer. */
import type { ActivationName } from "../../ops/backend.ts";
import type { Plans } from "./plan_cases.ts";

const UNKNOWN = ["swish", "toString", "__proto__"] as const;

const unknown = (name: typeof UNKNOWN[number]) => name as string as ActivationName;

/** Their valid calls and refusals. */
export const LAYER_PLANS: Plans<
  | "activation"
  | "dropout"
  | "feedForward"
  | "layerNorm"
  | "linear"
  | "multiply"
  | "rmsNorm"
  | "rotate"
> = {
  activation: {
    args: (make) => [make.rows(2, 3), "gelu_new"],
    shape: { count: 6, name: "gelu_new" },
    dims: [2, 3],
    refused: (make) =>
      [...UNKNOWN, undefined].map((name) => [
        [make.rows(1), name as ActivationName],
        RangeError,
        `activation: got ${JSON.stringify(name)}, wanted one of gelu, gelu_new, `,
      ]),
  },
  feedForward: {
    args: (make) => [
      make.rows(2, 3, 4),
      { weight: make.rows(5, 4), bias: make.rows(5) },
      "silu",
      { weight: make.rows(6, 5) },
    ],
    shape: { rows: 6, inputs: 4, inner: 5, outputs: 6, activation: "silu" },
    dims: [2, 3, 6],
    refused: (make) => {
      const x = make.rows(2, 3);
      const weight = make.rows(3, 3);
      const wrong = make.rows(3, 2);
      const bias = make.rows(2);
      return [
        [
          [x, { weight: wrong }, "relu", { weight }],
          TypeError,
          "feedForward: weight up has the shape [3,2], wanted [3,3]",
        ],
        [
          [x, { weight }, "relu", { weight: wrong }],
          TypeError,
          "feedForward: weight down has the shape [3,2], wanted [3,3]",
        ],
        [
          [x, { weight, bias }, "relu", { weight }],
          TypeError,
          "bias up has the shape [2], wanted [3]",
        ],
        [
          [x, { weight }, "relu", { weight, bias }],
          TypeError,
          "bias down has the shape [2], wanted [3]",
        ],
        ...[...UNKNOWN, undefined].map((name) =>
          [
            [x, { weight }, name as ActivationName, { weight }],
            RangeError,
            `got ${JSON.stringify(name)}, wanted one of gelu`,
          ] as const
        ),
      ];
    },
  },
  layerNorm: {
    args: (make) => [make.rows(2, 3, 4), make.rows(4), make.rows(4), 1e-5, make.rows(2, 3, 4)],
    shape: { rows: 6, width: 4, epsilon: 1e-5 },
    dims: [2, 3, 4],
    refused: (make) => {
      const x = make.rows(2, 3);
      const [row, short] = [make.rows(3), make.rows(2)];
      return [
        [[x, short, row, 0], TypeError, "layerNorm: weight has the shape [2], wanted [3]"],
        // Not a positive float32 number.
        ...[-1e-5, 1e-40, 4e38, Infinity, NaN].map((epsilon) =>
          [[x, row, row, epsilon], RangeError, `layerNorm: got the epsilon ${epsilon}`] as const
        ),
        [[x, row, short, 0], TypeError, "layerNorm: bias has the shape [2], wanted [3]"],
        [
          [x, row, row, 0, make.rows(3, 2)],
          TypeError,
          "layerNorm: residual has the shape [3,2], wanted [2,3]",
        ],
        [[x, row.reshape([1, 3]), row, 0], TypeError, "weight has the shape [1,3], wanted [3]"],
      ];
    },
  },
  linear: {
    args: (make) => [make.rows(2, 3, 4), make.rows(5, 4), make.rows(5), "tanh"],
    shape: { rows: 6, inputs: 4, outputs: 5, activation: "tanh" },
    dims: [2, 3, 5],
    refused: (make) => {
      const x = make.rows(2, 3);
      return [
        [[x, make.rows(4, 2)], TypeError, "linear: weight has the shape [4,2], wanted [4,3]"],
        [
          [x, make.rows(4, 3), make.rows(3)],
          TypeError,
          "linear: bias has the shape [3], wanted [4]",
        ],
        [[x, make.rows(3)], TypeError, "linear: weight has the shape [3], wanted [3,3]"],
        // Weights in the data type of the backend, which may be packed.
        [
          [x, make.backend.weight(new Float32Array(8), [4, 2])],
          TypeError,
          "weight has the shape [4,2]",
        ],
        [
          [x, make.backend.weight(new Float32Array(12), [4, 3]), make.rows(3)],
          TypeError,
          "bias has the shape [3]",
        ],
        ...UNKNOWN.map((name) =>
          [
            [x, make.rows(3, 3), undefined, unknown(name)],
            RangeError,
            `got "${name}", wanted one of gelu`,
          ] as const
        ),
      ];
    },
  },
  dropout: {
    args: (make) => [make.rows(2, 3, 4), 0.25, 4294967295],
    shape: { count: 24, key: 4294967295, threshold: 2 ** 30, factor: 4 / 3 },
    dims: [2, 3, 4],
    refused: (make) => {
      const x = make.rows(2, 3);
      return [
        ...[1, -0.1, NaN, 2].map((rate) =>
          [
            [x, rate, 1],
            RangeError,
            `dropout: dropout of ${rate}, wanted at least 0 and below 1`,
          ] as const
        ),
        ...[-1, 0.5, 2 ** 32, NaN].map((key) =>
          [
            [x, 0.1, key],
            RangeError,
            `dropout: dropout key ${key}, wanted a whole number below 2³²`,
          ] as const
        ),
      ];
    },
  },
  multiply: {
    args: (make) => [make.rows(2, 3, 4), make.rows(2, 3, 4)],
    shape: { count: 24 },
    dims: [2, 3, 4],
    refused: (make) => {
      const x = make.rows(2, 3);
      return [
        [[x, make.rows(1, 3)], TypeError, "multiply: y has the shape [1,3], wanted [2,3]"],
        [[x, make.rows(3, 2)], TypeError, "multiply: y has the shape [3,2], wanted [2,3]"],
        [[x, make.rows(6)], TypeError, "multiply: y has the shape [6], wanted [2,3]"],
      ];
    },
  },
  rmsNorm: {
    args: (make) => [make.rows(2, 3, 4), make.rows(4), 1e-6, make.rows(2, 3, 4)],
    shape: { rows: 6, width: 4, epsilon: 1e-6 },
    dims: [2, 3, 4],
    refused: (make) => {
      const [x, row] = [make.rows(2, 3), make.rows(3)];
      return [
        [[x, make.rows(2), 1], TypeError, "rmsNorm: weight has the shape [2], wanted [3]"],
        [[x, row.reshape([1, 3]), 1], TypeError, "weight has the shape [1,3], wanted [3]"],
        [
          [x, row, 1, make.rows(3, 2)],
          TypeError,
          "rmsNorm: residual has the shape [3,2], wanted [2,3]",
        ],
        ...[0, -1, 2 ** -127, 1e39, NaN, Infinity].map((epsilon) =>
          [
            [x, row, epsilon],
            RangeError,
            `rmsNorm: got the epsilon ${epsilon}, wanted a normal float32 above 0`,
          ] as const
        ),
      ];
    },
  },
  rotate: {
    // Turns are constants: there is no gradient by them.
    args: (make) => {
      const turns = make.backend.floats(Float32Array.of(0.6, 0.8, 1, 0, 0.8, -0.6), [1, 3, 2]);
      return [make.rows(2, 3, 8), turns, 2, true];
    },
    shape: { batch: 2, tokens: 3, heads: 2, width: 4, pairs: 1, sequences: 1, isInverse: true },
    dims: [2, 3, 8],
    refused: (make) => {
      const x = make.rows(2, 2, 6);
      const columns = (count: number) =>
        `rotate: turns of ${count} columns, wanted an even number from 2 to the head width 3`;
      return [
        [[x, make.rows(1, 2, 0), 2], RangeError, columns(0)],
        [[x, make.rows(1, 2, 3), 2], RangeError, columns(3)],
        [[x, make.rows(1, 2, 4), 2], RangeError, columns(4)],
        [
          [x, make.rows(1, 2, 2), 4],
          RangeError,
          "rotate: rows of width 6 do not divide into 4 heads",
        ],
        [
          [x, make.rows(1, 3, 2), 1],
          TypeError,
          "rotate: turns has the shape [1,3,2], wanted [1,2,2]",
        ],
        [[x, make.rows(3, 2, 2), 1], TypeError, "turns has the shape [3,2,2], wanted [2,2,2]"],
        [[x, make.rows(2, 2), 1], TypeError, "turns has the shape [2,2], wanted [2,2,]"],
        [
          [make.rows(2, 2, 6, 2), make.rows(1, 2, 2), 1],
          TypeError,
          "x has the shape [2,2,6,2], wanted [2,2,6]",
        ],
      ];
    },
  },
};
