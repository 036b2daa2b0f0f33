import { assertEquals } from "@std/assert";
import { isCheckpointFile } from "../../checkpoint/checkpoint_file.ts";

Deno.test("isCheckpointFile() knows the files that loading reads", () => {
  const names = [
    "config.json",
    "generation_config.json",
    "pytorch_model.bin",
    "chat_template.jinja",
  ];
  for (const name of [...names, "model-00001-of-00002.safetensors"]) {
    assertEquals(isCheckpointFile(name), true, name);
  }
  for (const name of ["README.md", "config.json.bak", "my_model.bin", "1_Pooling"]) {
    assertEquals(isCheckpointFile(name), false, name);
  }
});
