/** What holds for the rows of a batch, whatever the settings. */
import { assert, assertEquals } from "@std/assert";
import { openBackend } from "../../device.ts";
import { Random } from "../../tensor/random.ts";
import { testedBackends, testOnBackend } from "../helpers/backends.ts";
import { generateCase, type GenerationCase } from "./generate_case.ts";
import { cases } from "./golden_cases.ts";

/** A case with rows of different lengths. */
function withRows({ table, settings, is_encoder_decoder }: GenerationCase, seed: number) {
  const random = new Random(seed);
  const input_ids = [4, 1, 7].map((length) =>
    Array.from({ length }, () => 3 + random.nextUint32() % (table.vocabulary - 3))
  );
  return { table, settings: { ...settings, max_new_tokens: 9 }, input_ids, is_encoder_decoder };
}

Deno.test("a row of a batch gives what it gives alone, and padding is not part of it", async () => {
  using backend = await openBackend("cpu");
  let padded = 0;
  for (const [i, golden] of cases.slice(0, 200).entries()) {
    const batch = withRows(golden, i);
    const { do_sample, num_return_sequences: returned = 1 } = golden.settings;
    let together;
    try {
      together = await generateCase(backend, batch);
    } catch (error) {
      assert(error instanceof RangeError, `${error}`); // The rules leave no id.
      continue;
    }
    together.past_key_values.dispose();
    const left = golden.is_encoder_decoder ? 0 : 7;
    for (const [b, ids] of batch.input_ids.entries()) {
      const seed = do_sample
        ? { seed: (golden.settings.seed! + b * stride(golden)) % 2 ** 32 }
        : {};
      const settings = { ...batch.settings, ...seed };
      const alone = await generateCase(backend, { ...batch, settings, input_ids: [ids] });
      alone.past_key_values.dispose();
      const first = left === 0 ? 0 : left - ids.length;
      for (let r = 0; r < returned!; r++) {
        const row = together.rows[b * returned! + r];
        const label = `case ${i}, row ${b}: ${JSON.stringify(golden.settings)}`;
        assertEquals(row.slice(first, first + alone.rows[r].length), alone.rows[r], label);
        const around = [...row.slice(0, first), ...row.slice(first + alone.rows[r].length)];
        assertEquals(around.filter((id) => id !== golden.settings.pad_token_id), [], label);
        if (around.length > 0) padded++;
      }
    }
  }
  assert(padded > 100, `${padded} rows`);
  assertEquals(backend.memory().tensors, 0);
});

/** Draws have a generator for each returned row, beams one for each row of the batch. */
function stride({ settings }: GenerationCase): number {
  return (settings.num_beams ?? 1) > 1 ? 1 : settings.num_return_sequences ?? 1;
}

Deno.test("rows that have ended do not run", async () => {
  using backend = await openBackend("cpu");
  let ended = 0;
  for (const golden of cases.filter(({ settings }) => (settings.num_beams ?? 1) === 1)) {
    const settings = { ...golden.settings, return_dict_in_generate: false, output_scores: false };
    const { rows, runner, start } = await generateCase(backend, { ...golden, settings });
    const ends = [settings.eos_token_id!].flat();
    // The start of each input runs once, and each generated id but a row's last.
    const steps = rows.map((row) => {
      const end = row.findIndex((id, i) => i >= start && ends.includes(id));
      if (end !== -1 && end < row.length - 1) ended++;
      return (end === -1 ? row.length : end + 1) - start - 1;
    });
    const total = steps.reduce((a, b) => a + b);
    assertEquals(runner.ran.length, golden.input_ids.length + total);
    assertEquals(runner.disposed, true);
  }
  assert(ended > 20, `${ended} rows`);
});

for (const device of testedBackends()) {
  testOnBackend(device, "beams on the device are those on the host", async () => {
    using backend = await openBackend(device);
    for (const golden of cases.filter(({ settings }) => settings.num_beams! > 1).slice(0, 15)) {
      const host = await generateCase(backend, golden);
      const settings = { ...golden.settings, output_scores: false };
      const chosen = await generateCase(backend, { ...golden, settings });
      assertEquals(chosen.rows, host.rows, JSON.stringify(settings));
      for (const { past_key_values } of [host, chosen]) past_key_values.dispose();
    }
    assertEquals(backend.memory().tensors, 0);
  });
}

Deno.test("top_k leaves all ids whose score equals the lowest of the k", async () => {
  using backend = await openBackend("cpu");
  const table = { seed: 1, vocabulary: 200, scale: 0, ends: [], bias: 0 };
  const settings = {
    do_sample: true,
    top_k: 2,
    seed: 7,
    max_new_tokens: 20,
    return_dict_in_generate: true,
    output_scores: false,
    decoder_start_token_id: 0,
    pad_token_id: 1,
  };
  const drawn = { table, settings, input_ids: [[3]], is_encoder_decoder: true };
  const result = await generateCase(backend, drawn);
  // The backend's best are the two lowest of 200 equal ids.
  assert(result.rows[0].some((id) => id >= 100), `${result.rows[0]}`);
  result.past_key_values.dispose();
});
