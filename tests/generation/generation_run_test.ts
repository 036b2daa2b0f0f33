/** The caller's processors, criteria, streamers, signals. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { openBackend } from "../../device.ts";
import {
  InterruptableStoppingCriteria,
  StoppingCriteria,
  StoppingCriteriaList,
} from "../../generation/stopping_criteria.ts";
import {
  LogitsProcessor,
  LogitsProcessorList,
} from "../../generation/score_rules/logits_processor.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { generateCase, type GenerationCase } from "./generate_case.ts";
import { hashIds, tableRow } from "./table_runner.ts";

const TABLE = { seed: 5, vocabulary: 30, scale: 6, ends: [2], bias: 0 };
const SETTINGS = { max_new_tokens: 6, eos_token_id: null, pad_token_id: 0, bos_token_id: 1 };
const CASE: GenerationCase = {
  table: TABLE,
  settings: SETTINGS,
  input_ids: [[7, 8, 9], [10, 11]],
  is_encoder_decoder: true,
};
const BEAMS = { num_beams: 3, num_return_sequences: 2 };

/** Generates with settings of its own, and disposes of the cache. */
async function rowsOf(settings: object, more: Partial<GenerationCase> = {}) {
  using backend = await openBackend("cpu");
  const result = await generateCase(backend, {
    ...CASE,
    ...more,
    settings: { ...SETTINGS, ...settings },
  });
  result.past_key_values?.dispose();
  assertEquals(result.runner.disposed, true);
  assertEquals(backend.memory().tensors, 0);
  return result;
}

class Ban extends LogitsProcessor {
  readonly calls: bigint[][][] = [];

  constructor(readonly id: number) {
    super();
  }

  // As in transformers.js: the row's tensor is a part of the whole.
  override _call(input_ids: bigint[][], logits: Tensor<"float32">): Tensor<"float32"> {
    this.calls.push(input_ids);
    for (let row = 0; row < input_ids.length; row++) {
      const { data } = (logits as unknown as Tensor<"float32">[])[row];
      assertEquals(data.length, logits.dims[1]);
      data[this.id] = -Infinity;
    }
    return logits;
  }
}

for (
  const [name, mode] of Object.entries({
    greedy: {},
    beams: BEAMS,
    sampling: { do_sample: true, seed: 1 },
  })
) {
  Deno.test(`${name}: a processor of the caller does what the rule of its kind does`, async () => {
    const { rows } = await rowsOf(mode);
    const id = rows[0][3];
    const expected = await rowsOf({ ...mode, suppress_tokens: [id] });
    assert(!expected.rows.flat().includes(id));
    const ban = new Ban(id);
    assertEquals((await rowsOf({ ...mode, logits_processor: ban })).rows, expected.rows);
    assertEquals(ban.calls[0][0], [1n]);
    const list = new LogitsProcessorList();
    list.push(new Ban(id));
    assertEquals((await rowsOf({ ...mode, logits_processor: list })).rows, expected.rows);
    const copies = [(_: bigint[][], logits: Tensor<"float32">) => {
      const data = logits.data.map((score, i) => i % logits.dims[1] === id ? -Infinity : score);
      return new Tensor("float32", data, logits.dims);
    }];
    assertEquals((await rowsOf({ ...mode, logits_processor: copies })).rows, expected.rows);
  });
}

Deno.test("a processor sees all rows, those that have ended too", async () => {
  const ban = new Ban(3);
  const { rows } = await rowsOf({});
  // The first row ends early.
  const { rows: ended } = await rowsOf({ eos_token_id: rows[0][2], logits_processor: ban });
  assertEquals(ended[0].slice(3), [0, 0, 0, 0]);
  assertEquals(ban.calls.map((ids) => ids.length), Array(6).fill(2));
  assertEquals(ban.calls[5][0].map(Number), rows[0].slice(0, 3));
});

Deno.test("what a processor does to rows that have ended does not matter, NaN neither", async () => {
  const { rows } = await rowsOf({});
  const ends = { eos_token_id: rows[0][2] };
  const logits_processor = (ids: bigint[][], { data, dims: [, width] }: Tensor<"float32">) =>
    ids.forEach((row, i) => {
      if (Number(row.at(-1)) === rows[0][2]) data.fill(NaN, i * width, (i + 1) * width);
    });
  assertEquals((await rowsOf({ ...ends, logits_processor })).rows, (await rowsOf(ends)).rows);
});

Deno.test("a temperature so low that no score is left is an error that names it", async () => {
  const logits_processor = (_: bigint[][], { data }: Tensor<"float32">) => void data.fill(-1);
  const draws = { logits_processor, do_sample: true, seed: 1, temperature: 1e-310 };
  for (const more of [{}, BEAMS, { top_p: 0.5, eta_cutoff: 0.1 }, { typical_p: 0.5 }]) {
    await assertRejects(() => rowsOf({ ...draws, ...more }), RangeError, "temperature");
  }
});

Deno.test("a processor that returns other scores, or makes them NaN, is an error", async () => {
  const other = () => new Tensor("float32", new Float32Array(3), [1, 3]);
  await assertRejects(() => rowsOf({ logits_processor: other }), TypeError, "[2, 30]");
  const nan = (_: bigint[][], logits: Tensor<"float32">) => void (logits.data[3] = NaN);
  for (const mode of [{}, BEAMS]) {
    await assertRejects(
      () => rowsOf({ ...mode, logits_processor: nan }),
      RangeError,
      "the score NaN, made by logits_processor",
    );
  }
});

Deno.test("what a processor or a criterion returns by mistake is an error that shows it", async () => {
  const size = 2 * 30;
  const given: [unknown, string][] = [
    ["hello", '"hello"'],
    [{ data: Array(size).fill("x") }, '"x"'],
    [{ data: new BigInt64Array(size) }, "0"],
  ];
  for (const [value, shown] of given) {
    const wrong = () => value as never;
    await assertRejects(() => rowsOf({ logits_processor: wrong }), TypeError, shown);
    await assertRejects(() => rowsOf({ logits_processor: wrong }), TypeError, "a logits_processor");
    await assertRejects(() => rowsOf({ stopping_criteria: wrong }), TypeError, shown);
  }
  // Unhandled, its rejection would end the program.
  const late = (() => Promise.reject(new Error("late"))) as never;
  const lateRows = ((ids: bigint[][]) => ids.map(() => Promise.reject(new Error("late")))) as never;
  const lateOnes = [late, lateRows].map((stopping_criteria) => ({ stopping_criteria }));
  for (const settings of [{ logits_processor: late }, ...lateOnes]) {
    await assertRejects(() => rowsOf(settings), TypeError, "it returned a promise");
  }
  for (const value of [undefined, true, [true], [true, 1], [true, true, true]]) {
    const wrong = () => value as never;
    const list = new StoppingCriteriaList();
    list.push(wrong);
    for (const stopping_criteria of [wrong, list]) {
      await assertRejects(() => rowsOf({ stopping_criteria }), TypeError, "each of 2 rows");
    }
  }
});

Deno.test("criteria are not asked about beams when none are left", async () => {
  const calls: number[] = [];
  const stopping_criteria = (ids: bigint[][]) => {
    calls.push(ids.length);
    return ids.map(() => false);
  };
  // Every id ends a beam.
  const eos_token_id = Array.from({ length: 30 }, (_, id) => id);
  await rowsOf({ ...BEAMS, eos_token_id, stopping_criteria });
  assertEquals(calls, []);
});

Deno.test("a criterion ends the rows for which it is true, the others go on", async () => {
  const { rows } = await rowsOf({});
  let width = 0;
  class AtThree extends StoppingCriteria {
    override _call(ids: bigint[][], scores: Tensor<"float32">) {
      width = scores.dims[1];
      return ids.map((row, i) => i === 0 && row.length === 3);
    }
  }
  const { rows: stopped } = await rowsOf({ stopping_criteria: new AtThree() });
  assertEquals(stopped, [[...rows[0].slice(0, 3), 0, 0, 0, 0], rows[1]]);
  assertEquals(width, 30);
});

Deno.test("a criterion's scores are those from which the ids were chosen", async () => {
  const criterion = (ids: bigint[][], scores: Tensor<"float32">) => {
    ids.forEach((row, i) => {
      const own = [...scores.data.subarray(i * 30, (i + 1) * 30)];
      if (row.length === 2) assertEquals(own.indexOf(Math.max(...own)), Number(row[1]));
    });
    return ids.map(() => false);
  };
  await rowsOf({ stopping_criteria: criterion });
});

Deno.test("with beams an input ends when the criterion is true for all its beams, without eos", async () => {
  const calls: number[] = [];
  const some = (ids: bigint[][]) => {
    calls.push(ids.length);
    return ids.map((row, i) => row.length === 4 && i < 5);
  };
  const { rows } = await rowsOf({ ...BEAMS, stopping_criteria: some, suppress_tokens: [0] });
  // Three beams an input; of the second one only two were to end.
  assertEquals(rows.slice(0, 2).map((row) => row.slice(4)), [[0, 0, 0], [0, 0, 0]]);
  assert(rows.slice(2).every((row) => !row.slice(1).includes(0)));
  assertEquals(calls.slice(0, 4), [6, 6, 6, 3]);
});

Deno.test("an interrupt and max_time end all rows; what was generated is returned", async () => {
  const { rows } = await rowsOf({});
  const criterion = new InterruptableStoppingCriteria();
  let steps = 0;
  const count = (ids: bigint[][]) => {
    if (++steps === 2) criterion.interrupt();
    return ids.map(() => false);
  };
  const stopped = await rowsOf({ stopping_criteria: [count, criterion] });
  assertEquals(stopped.rows, rows.map((row) => row.slice(0, 3)));
  const late = await rowsOf({ max_time: 1e-9 });
  assertEquals(late.rows, rows.map((row) => row.slice(0, 2)));
  const beams = await rowsOf({ ...BEAMS, max_time: 1e-9 });
  assertEquals(beams.rows.map((row) => row.slice(2)), Array(4).fill([0]));
});

Deno.test("a signal rejects with its reason, before the first step or after the one that runs", async () => {
  await assertRejects(() => rowsOf({ signal: AbortSignal.abort(new Error("no")) }), Error, "no");
  for (const mode of [{}, BEAMS]) {
    const controller = new AbortController();
    let steps = 0;
    const abort = (ids: bigint[][]) => {
      if (++steps === 2) controller.abort(new Error("stop"));
      return ids.map(() => false);
    };
    await assertRejects(
      () => rowsOf({ ...mode, stopping_criteria: abort, signal: controller.signal }),
      Error,
      "stop",
    );
    assertEquals(steps, 2);
  }
});

for (const device of ["cpu", "wasm"] as const) {
  Deno.test(`${device}: a timer's signal acts while rows are generated on one thread`, async () => {
    using backend = await openBackend(device, device === "wasm" ? { threads: 1 } : {});
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(new Error("late")), 5);
    const wait = () => {
      for (const end = performance.now() + 2; performance.now() < end;);
    };
    const settings = { ...SETTINGS, max_new_tokens: 60 };
    await assertRejects(
      () =>
        generateCase(backend, {
          ...CASE,
          settings: { ...settings, signal: controller.signal, logits_processor: wait },
        }),
      Error,
      "late",
    );
    clearTimeout(timer);
    assertEquals(backend.memory().tensors, 0);
  });
}

Deno.test("a call that fails ends its streamer, whatever that says, so that it can be used again", async () => {
  const fail = () => {
    throw new Error("not this");
  };
  // Whoever waits for the call may be the one for whom the end waits.
  for (const close of [() => {}, fail, () => new Promise<void>(() => {})]) {
    let ends = 0;
    const streamer = {
      put: () => {},
      end: () => {
        ends++;
        return close();
      },
    };
    const stopping_criteria = () => {
      throw new Error("enough");
    };
    await assertRejects(() => rowsOf({ streamer, stopping_criteria }), Error, "enough");
    assertEquals(ends, 1);
  }
});

Deno.test("a streamer gets the start, then an id a row and step, then the end", async () => {
  const put: bigint[][][] = [];
  let ends = 0;
  const streamer = { put: (value: bigint[][]) => void put.push(value), end: () => void ends++ };
  const { rows } = await rowsOf({});
  const eos_token_id = rows[0][2];
  const { rows: ended } = await rowsOf({ streamer, eos_token_id });
  assertEquals(put[0], [[1n], [1n]]);
  assertEquals(
    ended,
    [0, 1].map((row) => put.flatMap((value) => value[row].map(Number))),
  );
  assertEquals(ends, 1);
  // Prompts of different lengths are padded on the left.
  await rowsOf({ streamer, max_new_tokens: 1 }, { is_encoder_decoder: false });
  assertEquals(put.at(-2), [[7n, 8n, 9n], [0n, 10n, 11n]]);
});

Deno.test("stop strings end a row when its text has one of them", async () => {
  const { rows } = await rowsOf({});
  const letters = "abcdefghijklmnopqrstuvwxyz0123";
  const tokenizer = { decode: (ids: number[]) => ids.map((id) => letters[id]).join("") };
  const text = tokenizer.decode(rows[1]);
  const { rows: stopped } = await rowsOf({ tokenizer, stop_strings: ["?", text.slice(2, 4)] });
  assertEquals(stopped[1].slice(0, 5), [...rows[1].slice(0, 4), 0]);
});

Deno.test("scores of each step, and of each row with beams", async () => {
  using backend = await openBackend("cpu");
  const settings = { ...SETTINGS, eos_token_id: 2, min_length: 3 };
  const greedy = await generateCase(backend, { ...CASE, settings });
  assertEquals(greedy.scores!.length, greedy.rows[0].length - 1);
  assertEquals(greedy.scores![0].dims, [2, 30]);
  const logits = tableRow(TABLE, hashIds(5, [10, 11]), [1]).map(Math.fround);
  logits[2] = -Infinity;
  assertEquals([...greedy.scores![0].data.subarray(30)], [...logits]);
  const beams = await generateCase(backend, { ...CASE, settings: { ...settings, ...BEAMS } });
  assertEquals(beams.scores![0].dims, [6, 30]);
  assertEquals(beams.sequences_scores!.dims, [4]);
  const [best, second] = beams.sequences_scores!.data;
  assert(best >= second);
  assert(beams.scores!.every(({ data }) => !data.some(Number.isNaN)));
  for (const { past_key_values } of [greedy, beams]) past_key_values.dispose();
});

Deno.test("the seed is told, and gives the same again", async () => {
  const first = await rowsOf({ do_sample: true });
  const other = await rowsOf({ do_sample: true });
  assert(first.seed !== other.seed);
  assertEquals((await rowsOf({ do_sample: true, seed: first.seed })).rows, first.rows);
  const beams = await rowsOf({ ...BEAMS, do_sample: true });
  assertEquals((await rowsOf({ ...BEAMS, do_sample: true, seed: beams.seed })).rows, beams.rows);
  // The second row's generator is that of the next seed, modulo 2^32.
  await rowsOf({ do_sample: true, seed: 2 ** 32 - 1 });
});
