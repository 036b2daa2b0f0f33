/** The cases of tests/golden/generation/random.json, or of the file that the environment names. */
import type { GoldenCase } from "./generate_case.ts";

const file = Deno.env.get("LSG_GENERATION_CASES") ??
  new URL("../golden/generation/random.json", import.meta.url);

/** The cases. */
export const { cases }: { cases: GoldenCase[] } = JSON.parse(await Deno.readTextFile(file));
