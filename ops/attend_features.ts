/**
 * Linear attention through feature maps.
 *
 * @module
 */
import { expectDims, headWidth, mask } from "./checks.ts";
import {
  type Floats,
  floats,
  type Integers,
  type Operand,
  type Operation,
  rows,
} from "./operation.ts";

/** The maps from rows to features. */
export const FEATURE_MAPS = ["elu", "softmax", "random"] as const;

/**
 * Feature maps: `elu` is `elu(x) + 1`; `softmax` the softmax of a query over its width
 * and of keys over the tokens; `random` `exp(ωx̃ − |x̃|²/2)` with `x̃ = x/d^¼`.
 */
export type FeatureMap = typeof FEATURE_MAPS[number];

/** Options of linear attention. */
export interface FeatureOptions<Projection> {
  /** `h`. */
  readonly heads: number;
  /** The map. */
  readonly map: FeatureMap;
  /** For `random`: `ω`, `[features, d]`. */
  readonly projection?: Projection;
}

/** Sizes and settings of linear attention. */
export interface FeatureShape {
  /** Sequences. */
  readonly batch: number;
  /** Tokens of a sequence. */
  readonly tokens: number;
  /** Heads. */
  readonly heads: number;
  /** Width of a head. */
  readonly width: number;
  /** The feature map. */
  readonly map: FeatureMap;
  /** Features of a row: rows of the projection, or `width`. */
  readonly features: number;
}

/**
 * Linear attention through feature maps: `φ(q)·Σφ(k)vᵀ / φ(q)·Σφ(k)`; query, key and value
 * `[b, t, w]`, mask `[b, t]` → `[b, t, w]`, where masked rows are zero; see
 * {@linkcode FeatureOptions}.
 *
 * @throws {TypeError} If the shapes do not fit each other, or "random" has no projection.
 * @throws {RangeError} If rows do not divide into that many heads, there is no such map, or the
 * mask holds something other than 0 and 1.
 *
 * @example The features of the keys 0 and 2 are 1 and 3: they weigh the values
 * ```ts
 * import { CpuBackend } from "@lsg/core/cpu";
 * import { attendFeatures } from "@lsg/core/ops";
 * import { assertEquals } from "@std/assert";
 *
 * using backend = new CpuBackend();
 * const [query, key, value] = [[1, 5], [0, 2], [0, 8]].map((row) =>
 *   backend.floats(new Float32Array(row), [1, 2, 1])
 * );
 * const mask = backend.integers(new Int32Array([1, 1]), [1, 2]);
 * const options = { heads: 1, map: "elu" } as const;
 * const y = backend.run(attendFeatures, query, key, value, mask, options);
 * assertEquals([...await y.getData()], [6, 6]); // (1·0 + 3·8)/(1 + 3)
 * ```
 */
export const attendFeatures: Operation<
  (
    query: Floats,
    key: Floats,
    value: Floats,
    mask: Integers,
    options: FeatureOptions<Floats>,
  ) => Floats,
  {
    readonly query: Operand<"rows">;
    readonly key: Operand<"rows">;
    readonly value: Operand<"rows">;
    readonly mask: Operand<"mask">;
    readonly projection?: Operand<"rows">;
  },
  FeatureShape
> = {
  name: "attendFeatures",
  plan(query, key, value, visible, { heads, map, projection }) {
    const [batch, tokens, rowWidth] = query.dims;
    expectDims("attendFeatures", "query", query, [batch, tokens, rowWidth]);
    const width = headWidth("attendFeatures", rowWidth, heads);
    expectDims("attendFeatures", "key", key, query.dims);
    expectDims("attendFeatures", "value", value, query.dims);
    if (!FEATURE_MAPS.includes(map)) {
      throw new RangeError(
        `attendFeatures: got ${JSON.stringify(map)}, wanted one of ${FEATURE_MAPS.join(", ")}`,
      );
    }
    const isRandom = map === "random";
    if (isRandom && !projection) {
      throw new TypeError('attendFeatures: got no projection for "random"');
    }
    const features = isRandom ? projection!.dims[0] : width;
    if (isRandom) {
      expectDims("attendFeatures", "projection", projection!, [Math.max(1, features), width]);
    }
    return {
      operands: {
        query: rows(query),
        key: rows(key),
        value: rows(value),
        mask: mask("attendFeatures", "mask", visible, [batch, tokens]),
        projection: isRandom ? rows(projection!) : undefined,
      },
      shape: { batch, tokens, heads, width, map, features },
      result: floats(query.dims),
    };
  },
};
