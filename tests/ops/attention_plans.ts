/** Plans of attentions. */
import type { AttendOptions, FeatureMap, Floats, Integers } from "../../ops/backend.ts";
import type { AttendPart, KeySource } from "../../ops/attend_plan.ts";
import type { Span } from "../../ops/span.ts";
import type { Arguments, Operands, Plans } from "./plan_cases.ts";

const SPAN: Span = { block: 2, stride: 1, start: -1, end: 3, causal: false };

/** Two sequences of 4 rows, 2 heads of width 3 whose keys are shared; one thing of it can be wrong. */
function attendCall(
  make: Operands,
  source: Partial<KeySource<Floats, Integers>> = {},
  part: Partial<AttendPart<Floats, Integers>> = {},
  options: Partial<AttendOptions<Integers>> = {},
): Arguments<"attend"> {
  const keys = make.rows(2, 5, 3);
  const whole = { keys, values: make.rows(2, 5, 3), first: 1, count: 2, spans: [SPAN], ...source };
  return [
    make.rows(2, 4, 6),
    [{ first: 0, count: 4, sources: [whole], ...part }],
    { heads: 2, keyHeads: 1, ...options },
  ];
}

/** Their valid calls and refusals. */
export const ATTENTION_PLANS: Plans<
  "attend" | "attendCached" | "attendFeatures" | "attendHashed"
> = {
  attend: {
    args: (make) =>
      attendCall(make, { mask: make.ones(2, 2, 2), query: make.rows(2, 4, 6) }, { position: 1 }, {
        queryMask: make.ones(2, 4),
      }),
    shape: { batch: 2, rows: 4, heads: 2, width: 3, keyHeads: 1, scale: 1 / Math.sqrt(3) },
    dims: [2, 4, 6],
    refused: (make) => {
      const spans = ([
        [{ block: 0 }, 'got the span {"block":0,'],
        [{ block: 1.5 }, 'got the span {"block":1.5,'],
        [{ stride: -1 }, "wanted whole numbers, block ≥ 1 and stride ≥ 0"],
        [{ start: NaN }, '"start":null'],
        [{ end: Infinity }, '"end":null'],
        [{ stride: 2 ** 31 - 3 }, "moved by less than 2³¹"],
      ] as const).map(([wrong, message]) =>
        [attendCall(make, { spans: [SPAN, { ...SPAN, ...wrong }] }), RangeError, message] as const
      );
      const keyRows = ([
        [{ count: 6 }, "key rows 1 … 6, there are 5"],
        [{ first: 4 }, "key rows 4 … 5, there are 5"],
        [{ first: -1 }, "key rows -1 … 0, there are 5"],
        [{ first: 0.5 }, "key rows 0.5 … 1.5, there are 5"],
        [{ count: -1 }, "key rows 1 … -1, there are 5"],
      ] as const).map(([wrong, message]) =>
        [attendCall(make, wrong), RangeError, `attend: ${message}`] as const
      );
      const parts = ([
        [{ count: 5 }, "query rows 0 … 4, there are 4"],
        [{ first: 1 }, "query rows 1 … 4, there are 4"],
        [{ first: -1, count: 1 }, "query rows -1 … -1, there are 4"],
        [{ position: -1 }, "position -1, wanted a whole number ≥ 0"],
        [{ position: 0.5 }, "position 0.5, wanted a whole number ≥ 0"],
      ] as const).map(([wrong, message]) =>
        [attendCall(make, {}, wrong), RangeError, `attend: ${message}`] as const
      );
      const heads = [0, -2, 0.5, 4, NaN].map((heads) =>
        [
          attendCall(make, {}, {}, { heads }),
          RangeError,
          `attend: rows of width 6 do not divide into ${heads} heads`,
        ] as const
      );
      const keyHeads = [0, 1.5, 3].map((keyHeads) =>
        [
          attendCall(make, {}, {}, { keyHeads }),
          RangeError,
          `attend: ${keyHeads} heads of keys, wanted a divisor of 2`,
        ] as const
      );
      const part = (first: number, count: number) => ({ first, count, sources: [] });
      const drops = ([
        [{ rate: 1, key: 1 }, "dropout of 1, wanted at least 0 and below 1"],
        [{ rate: 0.1, key: -1 }, "dropout key -1, wanted a whole number below 2³²"],
      ] as const).map(([dropout, message]) =>
        [attendCall(make, {}, {}, { dropout }), RangeError, `attend: ${message}`] as const
      );
      return [
        ...drops,
        [
          attendCall(make, {}, { weights: "q8" }, { dropout: { key: 1, rate: 0.5 } }),
          TypeError,
          "attend: weights in 8 bits, wanted attend without dropout",
        ],
        [
          attendCall(make, {}, { weights: "q4" as "q8" }),
          RangeError,
          'attend: weights "q4", wanted "q8" or none',
        ],
        [
          attendCall(make, { number: -1 }),
          RangeError,
          "attend: entries from -1, wanted a whole number ≥ 0",
        ],
        [
          [make.rows(1, 4, 6), [part(1, 2), part(0, 2)], { heads: 2 }],
          RangeError,
          "attend: query row 1 is in two parts, wanted it in one",
        ],
        [
          attendCall(make, {}, {}, { scale: 1e39 }),
          RangeError,
          "attend: got the scale 1e+39, wanted a number in the range of float32",
        ],
        ...spans,
        ...keyRows,
        ...parts,
        ...heads,
        ...keyHeads,
        [
          attendCall(make, { keys: make.rows(2, 5, 6) }),
          TypeError,
          "attend: keys has the shape [2,5,6], wanted [2,5,3]",
        ],
        [
          attendCall(make, { keys: make.rows(1, 5, 3) }),
          TypeError,
          "attend: keys has the shape [1,5,3], wanted [2,5,3]",
        ],
        [
          attendCall(make, { values: make.rows(2, 4, 3) }),
          TypeError,
          "attend: values has the shape [2,4,3], wanted [2,5,3]",
        ],
        [
          attendCall(make, { query: make.rows(2, 3, 6) }),
          TypeError,
          "attend: query of a source has the shape [2,3,6], wanted [2,4,6]",
        ],
        [
          attendCall(make, { mask: make.ones(2, 3) }),
          TypeError,
          "attend: mask has the shape [2,3], wanted [2,2]",
        ],
        [
          attendCall(make, { mask: make.ones(2, 3, 2) }),
          TypeError,
          "attend: mask has the shape [2,3,2], wanted [2,2,2]",
        ],
        [
          attendCall(make, { mask: make.integers([1, -1, 0, 1], [2, 2]) }),
          RangeError,
          "attend: mask holds -1 at 1, wanted 1 (visible) or 0 (masked)",
        ],
        [
          attendCall(make, {}, {}, { queryMask: make.ones(2, 1) }),
          TypeError,
          "attend: queryMask has the shape [2,1], wanted [2,4]",
        ],
        [
          attendCall(make, {}, {}, { queryMask: make.integers([1, 1, 1, 1, 1, 1, 1, 4], [2, 4]) }),
          RangeError,
          "attend: queryMask holds 4 at 7",
        ],
        [
          [make.rows(2, 4, 6, 2), [], { heads: 2 }],
          TypeError,
          "attend: query has the shape [2,4,6,2], wanted [2,4,6]",
        ],
      ];
    },
  },
  attendCached: {
    args: (make) => [
      make.rows(2, 2, 6),
      make.rows(2, 4, 3),
      make.rows(2, 4, 3),
      make.integers([0, -1, 3, 1, 2, 2], [1, 2, 3]),
      { heads: 2 },
    ],
    shape: {
      ...{ batch: 2, rows: 2, capacity: 4, listed: 3, indices: 6 },
      ...{ heads: 2, width: 3, keyHeads: 1, scale: 1 / Math.sqrt(3) },
    },
    dims: [2, 2, 6],
    refused: (make) => {
      const [query, cache] = [make.rows(2, 1, 6), make.rows(2, 4, 6)];
      const list = (...values: number[]) => make.integers(values, [1, 1, values.length]);
      const heads = { heads: 2 };
      return [
        [
          [query, cache, cache, list(4), heads],
          RangeError,
          "attendCached: rows holds 4 at position 0, wanted -1 … 3",
        ],
        [[query, cache, cache, list(0, -2), heads], RangeError, "rows holds -2 at position 1"],
        [
          [query, cache, cache, make.made().reshape([1, 1, 1]), heads],
          TypeError,
          "attendCached: rows was made by an operation, wanted values from the host",
        ],
        [
          [query, cache, cache, make.integers([0, 1, 2], [3, 1, 1]), heads],
          TypeError,
          "attendCached: rows has the shape [3,1,1], wanted [2,1,1]",
        ],
        [
          [query, cache, cache, make.integers([0, 1], [1, 2, 1]), heads],
          TypeError,
          "rows has the shape [1,2,1], wanted [1,1,1]",
        ],
        [
          [query, cache, cache, make.integers([0, 1]), heads],
          TypeError,
          "rows has the shape [1,2]",
        ],
        [
          [query, cache, make.rows(2, 3, 6), list(0), heads],
          TypeError,
          "attendCached: values has the shape [2,3,6], wanted [2,4,6]",
        ],
        [
          [query, make.rows(1, 4, 6), cache, list(0), heads],
          TypeError,
          "attendCached: keys has the shape [1,4,6], wanted [2,4,6]",
        ],
        [
          [query, make.rows(2, 4, 4), cache, list(0), heads],
          RangeError,
          "attendCached: keys of width 4 do not divide into heads of width 3",
        ],
        [
          [make.rows(2, 1, 9), cache, cache, list(0), { heads: 3 }],
          RangeError,
          "attendCached: keys of width 6 do not divide into heads of width 3 whose number divides 3",
        ],
        [
          [query, cache, cache, list(0), { heads: 2, scale: NaN }],
          RangeError,
          "attendCached: got the scale NaN",
        ],
        [
          [query, make.rows(2, 4, 0), cache, list(0), heads],
          RangeError,
          "attendCached: keys of width 0 do not divide into heads of width 3",
        ],
        [
          [query, cache, cache, list(0), { heads: 4 }],
          RangeError,
          "attendCached: rows of width 6 do not divide into 4 heads",
        ],
        [
          [make.rows(2, 1, 6, 1), cache, cache, list(0), heads],
          TypeError,
          "attendCached: query has the shape [2,1,6,1], wanted [2,1,6]",
        ],
      ];
    },
  },
  attendFeatures: {
    args: (make) => {
      const x = make.rows(2, 4, 6);
      const projection = make.rows(5, 3);
      return [x, x, x, make.ones(2, 4), { heads: 2, map: "random", projection }];
    },
    shape: { batch: 2, tokens: 4, heads: 2, width: 3, map: "random", features: 5 },
    dims: [2, 4, 6],
    refused: (make) => {
      const [x, mask] = [make.rows(1, 3, 2), make.ones(1, 3)];
      const elu = { heads: 1, map: "elu" } as const;
      const [shorter, narrower] = [make.rows(1, 2, 2), make.rows(1, 3, 1)];
      const random = (features: number, width: number) =>
        ({ heads: 1, map: "random", projection: make.rows(features, width) }) as const;
      return [
        [
          [x, shorter, x, mask, elu],
          TypeError,
          "attendFeatures: key has the shape [1,2,2], wanted [1,3,2]",
        ],
        [
          [x, x, narrower, mask, elu],
          TypeError,
          "attendFeatures: value has the shape [1,3,1], wanted [1,3,2]",
        ],
        [[shorter, x, x, mask, elu], TypeError, "key has the shape [1,3,2], wanted [1,2,2]"],
        [[x, x, x, make.ones(1, 2), elu], TypeError, "mask has the shape [1,2], wanted [1,3]"],
        [[x, x, x, make.integers([1, 5, 1]), elu], RangeError, "attendFeatures: mask holds 5 at 1"],
        [
          [x, x, x, mask, { ...elu, heads: 3 }],
          RangeError,
          "rows of width 2 do not divide into 3 heads",
        ],
        [
          [x, x, x, mask, { heads: 1, map: "toString" as string as FeatureMap }],
          RangeError,
          'attendFeatures: got "toString", wanted one of elu, softmax, random',
        ],
        [
          [x, x, x, mask, { heads: 1, map: "random" }],
          TypeError,
          'attendFeatures: got no projection for "random"',
        ],
        [[x, x, x, mask, random(1, 3)], TypeError, "projection has the shape [1,3], wanted [1,2]"],
        [[x, x, x, mask, random(0, 2)], TypeError, "projection has the shape [0,2], wanted [1,2]"],
        [
          [make.rows(1, 3, 2, 2), x, x, mask, elu],
          TypeError,
          "query has the shape [1,3,2,2], wanted [1,3,2]",
        ],
      ];
    },
  },
  attendHashed: {
    args: (
      make,
    ) => [make.rows(2, 4, 6), make.rows(2, 4, 6), make.ones(2, 4), make.rows(2, 3, 5), 64],
    shape: { batch: 2, tokens: 4, heads: 2, width: 3, columns: 5, chunk: 64 },
    dims: [2, 4, 6],
    refused: (make) => {
      const [x, mask, matrix] = [make.rows(1, 3, 2), make.ones(1, 3), make.rows(1, 2, 1)];
      return [
        [
          [x, make.rows(1, 2, 2), mask, matrix, 2],
          TypeError,
          "attendHashed: value has the shape [1,2,2]",
        ],
        [[x, x, make.ones(1, 2), matrix, 2], TypeError, "attendHashed: mask has the shape [1,2]"],
        [
          [x, x, make.integers([1, 1, 2]), matrix, 2],
          RangeError,
          "attendHashed: mask holds 2 at 2",
        ],
        ...[0, -1, 1.5, NaN].map((chunk) =>
          [
            [x, x, mask, matrix, chunk],
            RangeError,
            `attendHashed: chunks of ${chunk} tokens, wanted a whole number ≥ 1`,
          ] as const
        ),
        [
          [x, x, mask, make.rows(1, 4, 1), 2],
          TypeError,
          "attendHashed: projection has the shape [1,4,1], wanted [1,2,1]",
        ],
        [
          [x, x, mask, make.rows(1, 2, 0), 2],
          TypeError,
          "attendHashed: projection has the shape [1,2,0], wanted [1,2,1]",
        ],
        [[x, x, mask, make.rows(0, 2, 1), 2], RangeError, "do not divide into 0 heads"],
        [[x, x, mask, make.rows(3, 2, 1), 2], RangeError, "do not divide into 3 heads"],
        [
          [make.rows(1, 3, 2, 2), x, mask, matrix, 2],
          TypeError,
          "query has the shape [1,3,2,2], wanted [1,3,2]",
        ],
      ];
    },
  },
};
