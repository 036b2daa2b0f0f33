/** Plans of selections. */
import type { Floats, Integers, SelectShape } from "../../ops/backend.ts";
import type { ShapeOf } from "../../ops/run.ts";
import type { Case, Operands, Plans, Refused } from "./plan_cases.ts";
import type { SelectName } from "./select_cases.ts";

/** 2 heads of width 3, 9 tokens after 2 globals, in blocks of 4. */
const SHAPE: SelectShape = { heads: 2, first: 2, tokens: 9, block: 4, factor: 2, chunk: 4 };
const ROWS = [2, 11, 6] as const;

/** The arguments of all selections. */
interface Given {
  readonly keys: Floats;
  readonly values: Floats;
  readonly mask: Integers;
  readonly shape: SelectShape;
}

const LIST = { keys: [2, 6, 6], values: [2, 6, 6], mask: [2, 2, 6] };

/** The calls that each selection refuses: what is wrong, the error's class and its message. */
function refusals(
  make: Operands,
): [Partial<Given>, typeof TypeError | typeof RangeError, string][] {
  const shapes: [Partial<SelectShape>, string][] = [
    [{ first: 3 }, "tokens in rows 3 … 11 of 11"],
    [{ first: -1 }, "tokens in rows -1 … 7 of 11"],
    [{ first: NaN }, "tokens in rows NaN … NaN of 11"],
    [{ block: 0 }, "blocks of 0 tokens, wanted a whole number ≥ 1"],
    [{ block: 1.5 }, "blocks of 1.5 tokens, wanted a whole number ≥ 1"],
    ...[3, 0, -2, 0.5, NaN].map((factor): [Partial<SelectShape>, string] => [
      { factor },
      `factor ${factor} must divide chunk 4, and chunk must divide block 4`,
    ]),
    [{ chunk: 3 }, "factor 2 must divide chunk 3, and chunk must divide block 4"],
    [{ chunk: 0 }, "factor 2 must divide chunk 0, and chunk must divide block 4"],
    [{ chunk: -4 }, "factor 2 must divide chunk -4, and chunk must divide block 4"],
    [{ factor: 4, chunk: 2 }, "factor 4 must divide chunk 2"],
    [{ heads: 4 }, "rows of width 6 do not divide into 4 heads"],
  ];
  const wrongMask = new Array(18).fill(1);
  wrongMask[5] = 3;
  return [
    ...shapes.map(([wrong, message]): [Partial<Given>, typeof RangeError, string] => [
      { shape: { ...SHAPE, ...wrong } },
      RangeError,
      message,
    ]),
    [{ values: make.rows(2, 11, 5) }, TypeError, "values has the shape [2,11,5], wanted [2,11,6]"],
    [{ mask: make.ones(2, 11) }, TypeError, "mask has the shape [2,11], wanted [2,9]"],
    [{ mask: make.integers(wrongMask, [2, 9]) }, RangeError, "mask holds 3 at 5"],
    [
      { keys: make.rows(2, 11, 6, 1), values: make.rows(2, 11, 6, 1) },
      TypeError,
      "keys has the shape [2,11,6,1], wanted [2,11,6]",
    ],
  ];
}

/**
 * The case of a selection.
 *
 * @param argumentsOf The arguments of its call.
 * @param refused What only it refuses.
 */
function selectCase<Name extends SelectName>(
  name: Name,
  argumentsOf: (given: Given, make: Operands) => Refused<Name>[0],
  refused: (given: Given, make: Operands) => readonly Refused<Name>[] = () => [],
): Case<Name> {
  const given = (make: Operands): Given => ({
    keys: make.rows(...ROWS),
    values: make.rows(...ROWS),
    mask: make.ones(2, 9),
    shape: SHAPE,
  });
  return {
    args: (make) => argumentsOf(given(make), make),
    shape: { ...SHAPE, batch: 2, width: 3, rows: 11, padded: 12, entries: 6 } as ShapeOf<Name>,
    dims: LIST,
    refused: (make) => [
      ...refusals(make).map(([wrong, type, message]): Refused<Name> => [
        argumentsOf({ ...given(make), ...wrong }, make),
        type,
        `${name}: ${message}`,
      ]),
      ...refused(given(make), make),
    ],
  };
}

/** Keys, values, mask and shape. */
const plain = ({ keys, values, mask, shape }: Given) => [keys, values, mask, shape] as const;

/** Their valid calls and refusals. */
export const SELECT_PLANS: Plans<SelectName> = {
  selectBlockStride: selectCase("selectBlockStride", (given) => [...plain(given)]),
  selectNorm: selectCase("selectNorm", (given) => [...plain(given)]),
  selectPooling: selectCase("selectPooling", (given) => [...plain(given)]),
  selectStride: selectCase("selectStride", (given) => [...plain(given)]),
  selectBosPooling: selectCase(
    "selectBosPooling",
    (given, make) => [make.rows(...ROWS), ...plain(given)],
    (given, make) => [[
      [make.rows(2, 10, 6), ...plain(given)],
      TypeError,
      "selectBosPooling: query has the shape [2,10,6], wanted [2,11,6]",
    ]],
  ),
  selectLsh: selectCase(
    "selectLsh",
    ({ keys, values, mask, shape }, make) => [
      ...[keys, values, mask, [make.rows(2, 3, 2), make.rows(2, 3, 1)]] as const,
      shape,
    ],
    ({ keys, values, mask, shape }, make) =>
      ([
        [[], RangeError, "selectLsh: got no projections, wanted one for each round"],
        [[2], TypeError, "selectLsh: projection 0 has the shape [2,3,2], wanted [2,3,1]"],
        [[1, 1], TypeError, "selectLsh: projection 0 has the shape [2,3,1], wanted [2,3,2]"],
        [[2, 2], TypeError, "selectLsh: projection 1 has the shape [2,3,2], wanted [2,3,1]"],
        [[2, 1, 1], TypeError, "selectLsh: projection 1 has the shape [2,3,1], wanted [2,3,2]"],
      ] as const).map(([columns, type, message]) => [
        [keys, values, mask, columns.map((count) => make.rows(2, 3, count)), shape],
        type,
        message,
      ]),
  ),
};
