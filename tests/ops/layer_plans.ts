import { ACTIVATIONS } from "../../ops/activation.ts";
/** Plans of the operations of a layer. */
import type { ActivationName } from "../../ops/backend.ts";
import type { Plans } from "./plan_cases.ts";

const UNKNOWN = ["swish", "toString", "__proto__"] as const;

const unknown = (name: typeof UNKNOWN[number]) => name as string as ActivationName;

/** Their valid calls and refusals. */
export const LAYER_PLANS: Plans<"activation" | "feedForward" | "layerNorm" | "linear" | "rotate"> =
  {
    activation: {
      args: (make) => [make.rows(2, 3), "gelu_new"],
      shape: { count: 6, name: "gelu_new" },
      dims: [2, 3],
      refused: (make) =>
        UNKNOWN.map((name) => [
          [make.rows(1), unknown(name)],
          RangeError,
          `activation: got "${name}", wanted one of ${ACTIVATIONS.join(", ")}`,
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
          ...UNKNOWN.map((name) =>
            [
              [x, { weight }, unknown(name), { weight }],
              RangeError,
              `got "${name}", wanted one of gelu`,
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
          // Numbers that are no positive float32.
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
    rotate: {
      args: (make) => [make.rows(2, 3, 8), make.integers([-7, 0, 1_000_000], [3]), 2, 500.5],
      shape: { batch: 2, tokens: 3, heads: 2, width: 4, theta: 500.5 },
      dims: [2, 3, 8],
      refused: (make) => {
        const x = make.rows(1, 2, 6);
        const positions = make.integers([0, 1], [2]);
        return [
          [[x, positions, 2, 10000], RangeError, "rotate: head width 3, wanted an even number"],
          [
            [x, positions, 4, 10000],
            RangeError,
            "rotate: rows of width 6 do not divide into 4 heads",
          ],
          ...[0, -1, NaN].map((theta) =>
            [
              [x, positions, 1, theta],
              RangeError,
              `rotate: theta ${theta}, wanted a number above 0`,
            ] as const
          ),
          [
            [x, make.integers([0, 1, 2], [3]), 1, 1],
            TypeError,
            "rotate: positions has the shape [3], wanted [2]",
          ],
          [
            [x, make.integers([0, 1]), 1, 1],
            TypeError,
            "positions has the shape [1,2], wanted [2]",
          ],
          [
            [make.rows(1, 2, 6, 2), positions, 1, 1],
            TypeError,
            "x has the shape [1,2,6,2], wanted [1,2,6]",
          ],
        ];
      },
    },
  };
