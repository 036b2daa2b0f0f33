import { assertEquals } from "@std/assert";
import { jsonFile } from "../../checkpoint/written_folder.ts";

// transformers 5.24 refuses integers there: "Field 'encoder_layerdrop' expected float, got int".
Deno.test("jsonFile() writes whole numbers of fields that are floats in Python as floats", async () => {
  const json = { encoder_layerdrop: 0, initializer_cutoff_factor: 2, init_std: 0.02, d_model: 16 };
  const { chunks } = jsonFile("config.json", { ...json, inner: { encoder_layerdrop: 0 } });
  const text = new TextDecoder().decode((await Array.fromAsync(chunks))[0]);
  assertEquals(
    text,
    `{
  "d_model": 16,
  "encoder_layerdrop": 0.0,
  "init_std": 0.02,
  "initializer_cutoff_factor": 2.0,
  "inner": {
    "encoder_layerdrop": 0
  }
}
`,
  );
});
