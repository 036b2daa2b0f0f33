import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { openBackend } from "../../device.ts";
import { type CaseResult, generateCase, type GoldenCase } from "./generate_case.ts";
import { cases } from "./golden_cases.ts";

/**
 * In transformers 4.36.2 all ids that end a row after beams are the first of the list, whichever
 * ended it.
 */
function withFirstEnd({ settings }: GoldenCase, { rows, start }: CaseResult): number[][] {
  const ends = [settings.eos_token_id!].flat();
  const { num_beams } = settings;
  return rows.map((row) =>
    row.map((id, i) => (num_beams ?? 1) > 1 && i >= start && ends.includes(id) ? ends[0] : id)
  );
}

Deno.test("random settings give what transformers gives", async () => {
  using backend = await openBackend("cpu");
  for (const [i, golden] of cases.entries()) {
    const label = `case ${i}: ${JSON.stringify(golden.settings)}`;
    const result = await generateCase(backend, golden);
    const { sequences_scores, past_key_values } = result;
    assertEquals(withFirstEnd(golden, result), golden.sequences, label);
    golden.sequences_scores?.forEach((score, row) =>
      assertAlmostEquals(
        sequences_scores!.data[row],
        score,
        1e-4 * Math.max(1, Math.abs(score)),
        label,
      )
    );
    past_key_values.dispose();
  }
  assertEquals(backend.memory().tensors, 0);
});

Deno.test("candidates that the backend chooses are those that the host would", async () => {
  using backend = await openBackend("cpu");
  const run = backend.run.bind(backend);
  let chosen = 0;
  backend.run = (operation, ...args) => {
    if (operation.name === "topScores") chosen++;
    return run(operation, ...args);
  };
  for (const [i, golden] of cases.entries()) {
    const settings = { ...golden.settings, output_scores: false };
    const result = await generateCase(backend, { ...golden, settings });
    const label = `case ${i}: ${JSON.stringify(golden.settings)}`;
    assertEquals(withFirstEnd(golden, result), golden.sequences, label);
    result.past_key_values.dispose();
  }
  assert(chosen > 500, `${chosen} steps`);
  assertEquals(backend.memory().tensors, 0);
});
