/** Plans of the operations that gradients are made of. */
import type { ActivationName, Floats } from "../../ops/backend.ts";
import type { NormName } from "../../ops/norm_gradient.ts";
import { everything } from "../../ops/span.ts";
import type { Operands, Plans } from "./plan_cases.ts";

/** Two sequences of 3 queries and 4 keys, 2 heads of width 2 whose keys are shared. */
const SIZES = { heads: 2, keyHeads: 1, scale: 2 };
const SHAPE = { batch: 2, rows: 3, heads: 2, width: 2, keyHeads: 1, scale: 2 };

const statistics = (make: Operands, heads = 2) => ({
  logSum: make.rows(2, 3, heads),
  inner: make.rows(2, 3, 2),
});

function partsOf(make: Operands, more: { keys?: Floats; query?: Floats } = {}) {
  const keys = make.rows(2, 4, 2);
  const source = { keys, values: make.rows(2, 4, 2), first: 1, count: 3, spans: [everything(3)] };
  const other = { ...source, first: 0, count: 1, ...more };
  return [{ first: 0, count: 3, sources: [source, other] }];
}

/** Their valid calls and refusals. */
export const GRADIENT_PLANS: Plans<
  | "activationGradient"
  | "adamW"
  | "addToRows"
  | "attendGradient"
  | "attendKeyGradient"
  | "attendQueryGradient"
  | "attendWithSums"
  | "headProducts"
  | "linearInputs"
  | "normGradient"
  | "sparseListGradient"
  | "sumRows"
  | "sumSquares"
  | "weightGradient"
> = {
  activationGradient: {
    args: (make) => [make.rows(2, 3), make.rows(2, 3), "silu"],
    shape: { count: 6, name: "silu" },
    dims: [2, 3],
    refused: (make) => [
      ...["swish", undefined].map((name) =>
        [
          [make.rows(1), make.rows(1), name as ActivationName],
          RangeError,
          `activation: got ${JSON.stringify(name)}, wanted one of gelu`,
        ] as const
      ),
      [
        [make.rows(3), make.rows(1, 3), "relu"],
        TypeError,
        "activationGradient: dy has the shape [3], wanted [1,3]",
      ],
    ],
  },
  adamW: {
    args: (make) => [
      ...[make.rows(2, 3), make.rows(2, 3), make.rows(2, 3), make.rows(2, 3)] as const,
      { rate: 0.5, decay: 0.25, beta1: 0.5, beta2: 0.75, epsilon: 1, step: 1 },
    ],
    shape: {
      ...{ count: 6, factor: 1, kept: 0.875, beta1: 0.5, beta2: 0.75 },
      ...{ size: 1, root: 0.5, epsilon: 1 },
    },
    dims: undefined,
    refused(make) {
      const settings = { rate: 0.5, decay: 0, beta1: 0.5, beta2: 0.5, epsilon: 1, step: 1 };
      const [x, y, m, v] = [1, 2, 3, 4].map(() => make.rows(2, 3));
      return [
        [[x, make.rows(3, 2), m, v, settings], TypeError, "adamW: gradient has the shape [3,2]"],
        [[x, y, make.rows(6), v, settings], TypeError, "adamW: first has the shape [6]"],
        [[x, y, m, make.rows(6), settings], TypeError, "adamW: second has the shape [6]"],
        [[x, y, m, m, settings], TypeError, "adamW: got a tensor twice"],
        [[x, y, m, v, { ...settings, beta1: 1 }], RangeError, "betas 1 and 0.5"],
        [[x, y, m, v, { ...settings, rate: -1 }], RangeError, "got rate -1"],
        [[x, y, m, v, { ...settings, factor: NaN }], RangeError, "factor NaN"],
        [[x, y, m, v, { ...settings, step: 0 }], RangeError, "step 0, wanted a whole number ≥ 1"],
      ];
    },
  },
  addToRows: {
    args: (make) => [
      make.rows(4, 3),
      make.integers([3, 0, 0], [3]),
      make.integers([0, 2, 2, 3], [4]),
    ],
    shape: { rows: 3, width: 3, scale: 1 },
    dims: [3, 3],
    refused(make) {
      const y = make.rows(4, 3), sum = make.rows(1, 3);
      return ([
        [[4], [0, 1], RangeError, "order holds 4 at position 0, wanted 0 … 3"],
        [[0], [0, 2], RangeError, "starts holds 2 at position 1, wanted 0 … 1"],
        [[0], [0, 1, 0], RangeError, "starts holds 0 after 1, wanted ascending numbers"],
        [[0, 1], [0, 1], RangeError, "starts ends with 1, wanted 2, as many as order"],
        [[0], [], TypeError, "starts has the shape [0], wanted [1]"],
        [[0], [0, 1], RangeError, "got the scale 1e+39", 1e39],
        [[0], [0, 1], TypeError, "sum is also an operand", 1, sum, sum],
      ] as const).map(([order, starts, type, message, scale, rows = y, sum]) => [
        [
          rows,
          make.integers([...order], [order.length]),
          make.integers([...starts], [starts.length]),
          scale,
          sum,
        ],
        type,
        `addToRows: ${message}`,
      ]);
    },
  },
  attendWithSums: {
    args: (make) => [make.rows(2, 3, 4), partsOf(make), SIZES],
    shape: SHAPE,
    dims: { output: [2, 3, 4], logSum: [2, 3, 2] },
    refused: (make) => [
      [
        [make.rows(2, 3, 4), partsOf(make, { keys: make.rows(2, 4, 4) }), SIZES],
        TypeError,
        "attendWithSums: keys has the shape [2,4,4], wanted [2,4,2]",
      ],
    ],
  },
  headProducts: {
    args: (make) => [make.rows(2, 3, 4), make.rows(2, 3, 4), 2],
    shape: { count: 12, width: 2 },
    dims: [2, 3, 2],
    refused: (make) => [
      [
        [make.rows(2, 3, 4), make.rows(2, 4, 4), 2],
        TypeError,
        "headProducts: y has the shape [2,4,4], wanted [2,3,4]",
      ],
      [
        [make.rows(2, 3, 4), make.rows(2, 3, 4), 3],
        RangeError,
        "headProducts: rows of width 4 do not divide into 3 heads",
      ],
    ],
  },
  attendQueryGradient: {
    args: (make) => [
      make.rows(2, 3, 4),
      statistics(make),
      make.rows(2, 3, 4),
      partsOf(make),
      SIZES,
    ],
    shape: SHAPE,
    dims: [2, 3, 4],
    refused: (make) => [
      [
        [make.rows(2, 3, 4), statistics(make, 1), make.rows(2, 3, 4), partsOf(make), SIZES],
        TypeError,
        "attendQueryGradient: logSum has the shape [2,3,1], wanted [2,3,2]",
      ],
      [
        [
          ...[make.rows(2, 3, 4), statistics(make), make.rows(2, 3, 4)] as const,
          partsOf(make, { query: make.rows(2, 3, 4) }),
          SIZES,
        ],
        TypeError,
        "attendQueryGradient: a source has a query of its own, wanted none",
      ],
    ],
  },
  attendGradient: {
    args: (make) => [
      make.rows(2, 3, 4),
      statistics(make),
      make.rows(2, 3, 4),
      [...partsOf(make), ...partsOf(make).map((part) => ({ ...part, count: 0 }))],
      SIZES,
    ],
    shape: { ...SHAPE, pairs: [[0, 0], [1, 1]], keyRows: [4, 4] },
    dims: {
      query: [2, 3, 4],
      ...{ keys0: [2, 4, 2], values0: [2, 4, 2], keys1: [2, 4, 2], values1: [2, 4, 2] },
    },
    refused: (make) => [
      [
        [
          ...[make.rows(2, 3, 4), statistics(make), make.rows(2, 3, 4)] as const,
          partsOf(make, { query: make.rows(2, 3, 4) }),
          SIZES,
        ],
        TypeError,
        "attendGradient: a source has a query of its own, wanted none",
      ],
      [
        [make.rows(2, 3, 4), statistics(make, 3), make.rows(2, 3, 4), partsOf(make), SIZES],
        TypeError,
        "attendGradient: logSum has the shape [2,3,3], wanted [2,3,2]",
      ],
    ],
  },
  attendKeyGradient: {
    args: (make) => [
      make.rows(2, 3, 4),
      statistics(make),
      make.rows(2, 3, 4),
      partsOf(make, { query: make.rows(2, 3, 4) }),
      SIZES,
    ],
    shape: { ...SHAPE, keyRows: 4 },
    dims: { keys: [2, 4, 2], values: [2, 4, 2] },
    refused: (make) => [
      [
        [make.rows(2, 3, 4), statistics(make), make.rows(2, 3, 4), [], SIZES],
        TypeError,
        "attendKeyGradient: got no source, wanted one or more",
      ],
      [
        [
          ...[make.rows(2, 3, 4), statistics(make), make.rows(2, 3, 4)] as const,
          partsOf(make, { keys: make.rows(2, 4, 2) }),
          SIZES,
        ],
        TypeError,
        "attendKeyGradient: sources of several keys or values, wanted one",
      ],
    ],
  },
  linearInputs: {
    args: (make) => [make.rows(2, 3, 5), make.rows(5, 4)],
    shape: { rows: 6, inputs: 4, outputs: 5 },
    dims: [2, 3, 4],
    refused: (make) => [
      [
        [make.rows(3, 4), make.rows(5, 4)],
        TypeError,
        "linearInputs: dy has the shape [3,4], wanted [3,5]",
      ],
      [
        [make.rows(3, 4), make.rows(1, 5, 4)],
        TypeError,
        "linearInputs: weight has the shape [1,5,4], wanted [1,5]",
      ],
    ],
  },
  normGradient: {
    args: (make) => [
      ...[make.rows(2, 3), make.rows(2, 3), make.rows(3)] as const,
      1e-5,
      "rms",
    ],
    shape: { rows: 2, width: 3, epsilon: 1e-5, name: "rms" },
    dims: [2, 3],
    refused: (make) => [
      [
        [make.rows(3), make.rows(2, 3), make.rows(3), 1e-5, "layer"],
        TypeError,
        "normGradient: dy has the shape [3], wanted [2,3]",
      ],
      [
        [make.rows(2, 3), make.rows(2, 3), make.rows(2), 1e-5, "layer"],
        TypeError,
        "normGradient: weight has the shape [2], wanted [3]",
      ],
      ...[0, 1e39].map((epsilon) =>
        [
          [make.rows(2, 3), make.rows(2, 3), make.rows(3), epsilon, "layer"],
          RangeError,
          `normGradient: got the epsilon ${epsilon}, wanted a normal float32 above 0`,
        ] as const
      ),
      [
        [make.rows(2, 3), make.rows(2, 3), make.rows(3), 1, "batch" as NormName],
        RangeError,
        'normGradient: got "batch", wanted one of layer, rms',
      ],
    ],
  },
  sparseListGradient: {
    args: (make) => [
      make.rows(2, 4, 6),
      [make.rows(2, 4, 6), make.rows(2, 4, 6)],
      { heads: 2, first: 1, tokens: 7, rows: 9, region: 4, kept: 2 },
    ],
    shape: {
      ...{ heads: 2, first: 1, tokens: 7, rows: 9, region: 4, kept: 2 },
      ...{ batch: 2, width: 3, entries: 4 },
    },
    dims: [2, 9, 6],
    refused: (make) =>
      ([
        [{ rows: 7 }, 2, RangeError, "tokens in rows 1 … 7 of 7"],
        [{ kept: 3 }, 2, RangeError, "3 of 4 entries for each 4 of 7 tokens, and 2 weights"],
        [{}, 1, RangeError, "2 of 4 entries for each 4 of 7 tokens, and 1 weights"],
        [{ heads: 5 }, 2, RangeError, "rows of width 6 do not divide into 5 heads"],
      ] as const).map(([wrong, weights, type, message]) => [
        [
          make.rows(2, 4, 6),
          Array.from({ length: weights }, () => make.rows(2, 4, 6)),
          { heads: 2, first: 1, tokens: 7, rows: 9, region: 4, kept: 2, ...wrong },
        ],
        type,
        `sparseListGradient: ${message}`,
      ]),
  },
  sumRows: {
    args: (make) => [make.rows(2, 3, 5), make.rows(2, 3, 5)],
    shape: { rows: 6, width: 5 },
    dims: [5],
    refused: (make) => [
      [
        [make.rows(3, 4), make.rows(4, 3)],
        TypeError,
        "sumRows: y has the shape [4,3], wanted [3,4]",
      ],
      [[make.rows()], TypeError, "sumRows: x has the shape [], wanted rows"],
    ],
  },
  sumSquares: {
    args: (make) => [make.rows(300, 300)],
    shape: { count: 90000, parts: 2 },
    dims: [2],
    refused(make) {
      const disposed = make.rows(2);
      disposed.dispose();
      return [[[disposed], Error, "disposed"]];
    },
  },
  weightGradient: {
    args: (make) => [make.rows(2, 3, 5), make.rows(2, 3, 4)],
    shape: { rows: 6, inputs: 4, outputs: 5 },
    dims: [5, 4],
    refused(make) {
      const [square, other] = [make.rows(4, 4), make.rows(4, 4)];
      return [
        [
          [make.rows(3, 4), make.rows(2, 4)],
          TypeError,
          "weightGradient: x has the shape [2,4], wanted [3,4]",
        ],
        [
          [make.rows(3, 5), make.rows(3, 4), make.rows(4, 5)],
          TypeError,
          "weightGradient: sum has the shape [4,5], wanted [5,4]",
        ],
        [
          [square, other, square],
          TypeError,
          "weightGradient: sum is also an operand, wanted memory of its own",
        ],
        [
          [other, square.reshape([4, 4]), square],
          TypeError,
          "weightGradient: sum is also an operand",
        ],
      ];
    },
  },
};
