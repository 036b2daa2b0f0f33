import { assertEquals, assertThrows } from "@std/assert";
import {
  hasSparsePart,
  LSG_DEFAULTS,
  lsgWarnings,
  resolveLsgParameters,
  selectionChunk,
  SPARSITY_TYPES,
} from "../../../attention/mod.ts";

Deno.test("resolveLsgParameters() of nothing gives the defaults of the definition", () => {
  assertEquals(resolveLsgParameters({}), {
    block_size: 128,
    sparse_block_size: 128,
    sparsity_factor: 2,
    sparsity_type: "norm",
    num_global_tokens: 1,
    lsh_num_pre_rounds: 1,
    mask_first_token: false,
    pool_with_global: true,
    pass_global_tokens_to_decoder: true,
    adaptive: true,
  });
});

Deno.test("resolveLsgParameters() keeps given values and ignores other keys", () => {
  const given = {
    block_size: 12,
    sparse_block_size: 6,
    sparsity_factor: 3,
    sparsity_type: "lsh",
    num_global_tokens: 512,
    lsh_num_pre_rounds: 4,
    mask_first_token: false,
    pool_with_global: false,
    pass_global_tokens_to_decoder: false,
    adaptive: false,
  };
  const raw = { ...given, model_type: "roberta", hidden_size: 768 };
  assertEquals(resolveLsgParameters(raw), given as ReturnType<typeof resolveLsgParameters>);
  assertEquals(raw.model_type, "roberta");
});

Deno.test("resolveLsgParameters() takes undefined for absent", () => {
  const raw = Object.fromEntries(Object.keys(LSG_DEFAULTS).map((key) => [key, undefined]));
  assertEquals(resolveLsgParameters(raw), { ...LSG_DEFAULTS });
});

Deno.test("resolveLsgParameters() does not touch the defaults", () => {
  resolveLsgParameters({}).block_size = 1;
  assertEquals(LSG_DEFAULTS.block_size, 128);
});

const COUNTS: [string, number, number][] = [
  ["block_size", 1, Infinity],
  ["sparse_block_size", 0, Infinity],
  ["sparsity_factor", 0, Infinity],
  ["num_global_tokens", 1, 512],
  ["lsh_num_pre_rounds", 1, 64],
];

for (const [name, least, most] of COUNTS) {
  // Without a sparse part nothing has to divide anything.
  const resolve = (value: unknown) =>
    resolveLsgParameters({ sparsity_type: "none", [name]: value }) as unknown as Record<
      string,
      unknown
    >;
  const range = most === Infinity ? `≥ ${least}` : `from ${least} to ${most}`;

  Deno.test(`resolveLsgParameters() takes ${name} ${range}`, () => {
    for (const value of [least, least + 1, Math.min(most, 2 ** 31 - 1)]) {
      assertEquals(resolve(value)[name], value);
    }
    const limit = Math.min(most, 2 ** 31 - 1);
    const tooLarge = `from ${least} to ${limit}`;
    for (const value of [least - 1, -5, 1.5, NaN, Infinity, limit + 1]) {
      assertThrows(
        () => resolve(value),
        RangeError,
        `Cannot use ${name} ${value}: wanted a whole number ${value > limit ? tooLarge : range}`,
      );
    }
  });

  Deno.test(`resolveLsgParameters() refuses ${name} of another type`, () => {
    const kinds: [unknown, string, string][] = [
      ["4", "4", "not a string"],
      [null, "null", "not null"],
      [true, "true", "not a boolean"],
      [[4], "[4]", "not an array"],
      [{}, "{}", "not an object"],
      [{ toString: 1, valueOf: 1 }, '{"toString":1,"valueOf":1}', "not an object"],
      [4n, "4", "not a bigint"],
      [Symbol("4"), "Symbol(4)", "not a symbol"],
    ];
    for (const [value, text, kind] of kinds) {
      assertThrows(
        () => resolve(value),
        TypeError,
        `Cannot use ${name} ${text}: wanted a number, ${kind}`,
      );
    }
  });
}

for (
  const name of [
    "mask_first_token",
    "pool_with_global",
    "pass_global_tokens_to_decoder",
    "adaptive",
  ]
) {
  Deno.test(`resolveLsgParameters() takes true and false for ${name}, nothing else`, () => {
    for (const value of [true, false]) {
      assertEquals(resolveLsgParameters({ [name]: value })[name as "adaptive"], value);
    }
    const others: [unknown, string][] = [
      [1, "1"],
      [0, "0"],
      ["true", "true"],
      [null, "null"],
      [[], "[]"],
      [{ toString: 1, valueOf: 1 }, '{"toString":1,"valueOf":1}'],
    ];
    for (const [value, text] of others) {
      assertThrows(
        () => resolveLsgParameters({ [name]: value }),
        TypeError,
        `Cannot use ${name} ${text}: wanted true or false`,
      );
    }
  });
}

Deno.test("resolveLsgParameters() knows every sparsity type, null for none, and no other", () => {
  for (const sparsity_type of SPARSITY_TYPES) {
    assertEquals(resolveLsgParameters({ sparsity_type }).sparsity_type, sparsity_type);
  }
  assertEquals(resolveLsgParameters({ sparsity_type: null }).sparsity_type, "none");
  for (const wrong of ["Norm", "", "bos-pooling", 3, false, ["norm"], {}, () => 1]) {
    assertThrows(
      () => resolveLsgParameters({ sparsity_type: wrong }),
      RangeError,
      "wanted one of none, norm, pooling, bos_pooling, lsh, stride, block_stride",
    );
  }
});

Deno.test("resolveLsgParameters() reads pre-rounds in both spellings, lsh_ first", () => {
  const rounds = (raw: object) => resolveLsgParameters({ ...raw }).lsh_num_pre_rounds;
  assertEquals(rounds({ lsh_num_pre_rounds: 3 }), 3);
  assertEquals(rounds({ lsg_num_pre_rounds: 4 }), 4);
  assertEquals(rounds({ lsh_num_pre_rounds: 3, lsg_num_pre_rounds: 4 }), 3);
  assertEquals(rounds({ lsh_num_pre_rounds: undefined, lsg_num_pre_rounds: 4 }), 4);
  assertThrows(() => rounds({ lsg_num_pre_rounds: 0 }), RangeError, "lsh_num_pre_rounds 0");
  assertThrows(() => rounds({ lsg_num_pre_rounds: null }), TypeError, "lsh_num_pre_rounds null");
});

Deno.test("resolveLsgParameters() without entries or factor has no sparse part", () => {
  for (const none of [{ sparse_block_size: 0 }, { sparsity_factor: 0 }, { sparsity_type: null }]) {
    assertEquals(resolveLsgParameters({ block_size: 7, ...none }).sparsity_type, "none");
  }
});

Deno.test("resolveLsgParameters() wants sparse blocks and factors that divide", () => {
  const resolve = (block_size: number, sparse_block_size: number, sparsity_factor: number) => () =>
    resolveLsgParameters({ block_size, sparse_block_size, sparsity_factor });
  for (const [B, S, f] of [[8, 8, 2], [8, 4, 4], [8, 24, 8], [12, 12, 3], [7, 7, 1], [7, 1, 1]]) {
    assertEquals(resolve(B, S, f)().sparsity_type, "norm");
  }
  for (const [B, S] of [[8, 3], [8, 12], [8, 6], [7, 8]]) {
    assertThrows(
      resolve(B, S, 1),
      RangeError,
      `Cannot use sparse_block_size ${S} with block_size ${B}`,
    );
  }
  for (const [B, S, f] of [[8, 8, 3], [8, 4, 8], [8, 8, 16], [12, 4, 3], [6, 12, 4]]) {
    assertThrows(
      resolve(B, S, f),
      RangeError,
      `Cannot use sparsity_factor ${f} with block_size ${B} and sparse_block_size ${S}: ` +
        `wanted one that divides both ${B} and ${Math.min(B, S)}`,
    );
  }
});

Deno.test("resolveLsgParameters() with mask_first_token pools with the global", () => {
  const resolved = resolveLsgParameters({ mask_first_token: true, pool_with_global: false });
  assertEquals(resolved.pool_with_global, true);
  assertEquals(resolveLsgParameters({ pool_with_global: false }).pool_with_global, false);
});

Deno.test("hasSparsePart() and selectionChunk() follow type, entries and factor", () => {
  const shape = { sparsity_type: "norm", sparse_block_size: 4, sparsity_factor: 2 } as const;
  assertEquals(hasSparsePart(shape), true);
  assertEquals(hasSparsePart({ ...shape, sparsity_type: "none" }), false);
  assertEquals(hasSparsePart({ ...shape, sparse_block_size: 0 }), false);
  assertEquals(hasSparsePart({ ...shape, sparsity_factor: 0 }), false);
  assertEquals(selectionChunk({ block_size: 8, sparse_block_size: 4 }), 4);
  assertEquals(selectionChunk({ block_size: 8, sparse_block_size: 16 }), 8);
});

Deno.test("lsgWarnings() warns of strides that leave tokens out", () => {
  const warnings = (sparsity_type: string, heads: number) =>
    lsgWarnings(resolveLsgParameters({ sparsity_type, sparsity_factor: 4 }), heads);
  for (const type of ["stride", "block_stride"]) {
    assertEquals(warnings(type, 4), []);
    const [warning, ...others] = warnings(type, 3);
    assertEquals(others, []);
    assertEquals(warning.includes(`sparsity_factor 4 with sparsity_type "${type}"`), true);
    assertEquals(warning.includes("3 heads"), true);
  }
  assertEquals(warnings("norm", 1), []);
});
