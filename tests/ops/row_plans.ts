/** Plans of operations that move and add rows. */
import type { Plans } from "./plan_cases.ts";

/** Their valid calls and refusals. */
export const ROW_PLANS: Plans<
  | "add"
  | "concatRows"
  | "embed"
  | "gatherRows"
  | "halve"
  | "quantizeHeads"
  | "scatterRows"
  | "topScores"
  | "writeRows"
> = {
  add: {
    args: (make) => [make.rows(2, 3, 4), make.rows(1, 3, 4)],
    shape: { count: 24, repeat: 12 },
    dims: [2, 3, 4],
    refused: (make) => [
      [
        [make.rows(1, 1, 5), make.rows(1, 1, 2)],
        TypeError,
        "add: y has the shape [1,1,2], wanted [1,1,5]",
      ],
      [
        [make.rows(1, 1, 2), make.rows(1, 1, 4)],
        TypeError,
        "y has the shape [1,1,4], wanted [1,1,2]",
      ],
      [
        [make.rows(1, 1, 2), make.rows(1, 1, 0)],
        TypeError,
        "y has the shape [1,1,0], wanted [1,1,2]",
      ],
      [
        [make.rows(4, 1, 2), make.rows(2, 1, 2)],
        TypeError,
        "y has the shape [2,1,2], wanted [4,1,2]",
      ],
      [
        [make.rows(1, 1, 2), make.rows(2, 1, 2)],
        TypeError,
        "y has the shape [2,1,2], wanted [1,1,2]",
      ],
      [[make.rows(2, 1, 2), make.rows(2, 2)], TypeError, "y has the shape [2,2], wanted [2,1,2]"],
    ],
  },
  concatRows: {
    args: (make) => [make.rows(1, 2, 4), make.rows(3, 5, 4)],
    shape: { batch: 3, xRows: 2, yRows: 5, width: 4, isShared: true },
    dims: [3, 7, 4],
    refused: (make) => [
      [
        [make.rows(2, 1, 4), make.rows(3, 1, 4)],
        TypeError,
        "concatRows: x has the shape [2,1,4], wanted [3,1,4]",
      ],
      [
        [make.rows(3, 1, 4), make.rows(2, 1, 4)],
        TypeError,
        "x has the shape [3,1,4], wanted [2,1,4]",
      ],
      [
        [make.rows(1, 2, 4), make.rows(1, 2, 3)],
        TypeError,
        "x has the shape [1,2,4], wanted [1,2,3]",
      ],
      [[make.rows(1, 2), make.rows(1, 2, 2)], TypeError, "x has the shape [1,2], wanted [1,2,2]"],
      [
        [make.rows(1, 2, 2), make.rows(1, 2, 2, 5)],
        TypeError,
        "y has the shape [1,2,2,5], wanted [1,2,2]",
      ],
    ],
  },
  embed: {
    args: (make) => [[
      { ids: make.integers([0, 2, 1, 0], [2, 2]), table: make.rows(3, 4) },
      { ids: make.integers([1, 0]), table: make.rows(2, 4) },
    ]],
    shape: { batch: 2, tokens: 2, width: 4 },
    dims: [2, 2, 4],
    refused: (make) => {
      const table = make.rows(3, 2);
      const ids = make.integers([0, 1]);
      return [
        [[[]], TypeError, "embed: got no tables, wanted one or more"],
        [
          [[{ ids, table, scale: 1e39 }]],
          RangeError,
          "embed: got the scale 1e+39, wanted a number in the range of float32",
        ],
        [
          [[{ ids: make.integers([0, 3]), table }]],
          RangeError,
          "embed: ids holds 3 at position 1, wanted 0 … 2",
        ],
        [
          [[{ ids: make.integers([-1, 0]), table }]],
          RangeError,
          "ids holds -1 at position 0, wanted 0 … 2",
        ],
        [
          [[{ ids: make.made(), table }]],
          TypeError,
          "embed: ids was made by an operation, wanted values from the host",
        ],
        [
          [[{ ids, table }, { ids: make.integers([0]), table }]],
          TypeError,
          "ids has the shape [1,1], wanted [1,2]",
        ],
        [
          [[{ ids: make.integers([0, 1, 0, 1, 0, 1], [3, 2]), table }, {
            ids: make.integers([0, 1, 0, 1], [2, 2]),
            table,
          }]],
          TypeError,
          "ids has the shape [2,2], wanted [3,2]",
        ],
        [[[{ ids: make.integers([0, 1], [2]), table }]], TypeError, "ids has the shape [2]"],
        [
          [[{ ids, table }, { ids, table: make.rows(2, 3) }]],
          TypeError,
          "embed: table has the shape [2,3], wanted [2,2]",
        ],
      ];
    },
  },
  gatherRows: {
    args: (make) => [make.rows(2, 3, 4), make.integers([2, -1, 0, 0, 1])],
    shape: { batch: 2, rows: 3, picked: 5, width: 4, indices: 5 },
    dims: [2, 5, 4],
    refused: (make) => {
      const x = make.rows(3, 2, 4);
      return [
        [
          [x, make.integers([0, 1, 2])],
          RangeError,
          "gatherRows: index holds 2 at position 2, wanted -1 … 1",
        ],
        [[x, make.integers([-2])], RangeError, "index holds -2 at position 0, wanted -1 … 1"],
        [
          [x, make.integers([0, 1], [2, 1])],
          TypeError,
          "gatherRows: index has the shape [2,1], wanted [3,1]",
        ],
        [[x, make.integers([0, 1], [2])], TypeError, "index has the shape [2]"],
        [[x, make.made()], TypeError, "gatherRows: index was made by an operation"],
        [
          [make.rows(1, 2, 2, 2), make.integers([0])],
          TypeError,
          "x has the shape [1,2,2,2], wanted [1,2,2]",
        ],
      ];
    },
  },
  halve: {
    args: (make) => [make.rows(2, 3, 4)],
    shape: { count: 24 },
    dims: [2, 3, 4],
    refused: (make) => [
      [[make.rows(3, 4)], TypeError, "halve: x has the shape [3,4]"],
      [[make.rows(1, 2, 3, 4)], TypeError, "halve: x has the shape [1,2,3,4], wanted [1,2,3]"],
    ],
  },
  quantizeHeads: {
    args: (make) => [make.rows(2, 3, 8), { heads: 2, mean: make.rows(2, 1, 8) }],
    shape: { batch: 2, rows: 3, heads: 2, width: 4 },
    dims: [2, 3, 8],
    refused: (make) => [
      [[make.rows(3, 4), { heads: 1 }], TypeError, "quantizeHeads: x has the shape [3,4]"],
      [
        [make.rows(1, 2, 4), { heads: 3 }],
        RangeError,
        "quantizeHeads: rows of width 4 do not divide into 3 heads",
      ],
      [
        [make.rows(2, 2, 4), { heads: 1, mean: make.rows(2, 2, 4) }],
        TypeError,
        "quantizeHeads: mean has the shape [2,2,4], wanted [2,1,4]",
      ],
    ],
  },
  scatterRows: {
    args: (make) => [make.rows(2, 3, 4), make.integers([2, -1], [2, 1]), make.rows(2, 1, 4)],
    shape: { batch: 2, rows: 3, picked: 1, width: 4, indices: 2 },
    dims: [2, 3, 4],
    refused: (make) => {
      const x = make.rows(2, 2, 4);
      const y = make.rows(2, 2, 4);
      const index = (...values: number[]) => make.integers(values, [2, values.length / 2]);
      return [
        [
          [x, index(0, 2, 1, 1), y],
          RangeError,
          "scatterRows: index holds 2 at position 1, wanted -1 … 1",
        ],
        [[x, index(0, 1, -2, 1), y], RangeError, "index holds -2 at position 2, wanted -1 … 1"],
        [[x, make.integers([0, 1]), y], TypeError, "index has the shape [1,2], wanted [2,2]"],
        [[x, index(0, 1), y], TypeError, "y has the shape [2,2,4], wanted [2,1,4]"],
        [
          [x, index(0, 1, 1, 0), make.rows(2, 2, 3)],
          TypeError,
          "y has the shape [2,2,3], wanted [2,2,4]",
        ],
        [
          [make.rows(1, 1, 1), make.made(), make.rows(1, 1, 1)],
          TypeError,
          "index was made by an operation",
        ],
        [
          [make.rows(2, 2, 4, 2), index(0, 1, 1, 0), y],
          TypeError,
          "x has the shape [2,2,4,2], wanted [2,2,4]",
        ],
      ];
    },
  },
  topScores: {
    args: (make) => [make.rows(2, 3, 7), 4],
    shape: { rows: 6, columns: 7, count: 4 },
    dims: { values: [2, 3, 4], indices: [2, 3, 4], logSum: [2, 3] },
    refused: (make) => [
      ...[0, -1, 1.5, NaN, 8].map((count) =>
        [
          [make.rows(2, 7), count],
          RangeError,
          `topScores: ${count} scores of rows of 7, wanted a whole number from 1 to 7`,
        ] as const
      ),
      [[make.rows(1, 300), 257], RangeError, "257 scores of rows of 300, wanted"],
      [[make.rows(1, 0), 1], RangeError, "wanted a whole number from 1 to 0"],
    ],
  },
  writeRows: {
    args: (make) => [make.rows(2, 3, 4), make.integers([2, -1, 0]), make.rows(2, 3, 4)],
    shape: { batch: 2, rows: 3, picked: 3, width: 4, indices: 3 },
    dims: undefined,
    refused: (make) => {
      const x = make.rows(2, 2, 4);
      const y = make.rows(2, 1, 4);
      return [
        [[x, make.integers([2]), y], RangeError, "writeRows: index holds 2 at position 0"],
        [[x, make.integers([-2]), y], RangeError, "index holds -2 at position 0, wanted -1 … 1"],
        [
          [x, make.integers([1, 1]), make.rows(2, 2, 4)],
          RangeError,
          "writeRows: index holds 1 twice in sequence 0, wanted once",
        ],
        [[x, make.integers([0, 1], [2]), y], TypeError, "index has the shape [2]"],
        [[x, make.integers([0]), make.rows(2, 1, 3)], TypeError, "y has the shape [2,1,3]"],
        [[make.rows(2, 2, 4, 1), make.integers([0]), y], TypeError, "x has the shape [2,2,4,1]"],
        [[y, make.integers([0]), y.reshape(y.dims)], TypeError, "x and y are the same tensor"],
        [[make.rows(1, 1, 1), make.made(), make.rows(1, 1, 1)], TypeError, "was made by an"],
      ];
    },
  },
};
