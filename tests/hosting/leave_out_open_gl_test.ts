import { assertEquals } from "@std/assert";
import { leaveOutOpenGl } from "../../hosting/leave_out_open_gl.ts";

const NAME = "DENO_WEBGPU_BACKEND";

Deno.test("leaveOutOpenGl() chooses drivers, unless somebody has", () => {
  const before = Deno.env.get(NAME);
  try {
    Deno.env.delete(NAME);
    leaveOutOpenGl();
    assertEquals(Deno.env.get(NAME), "vulkan,metal,dx12");
    Deno.env.set(NAME, "gl");
    leaveOutOpenGl();
    assertEquals(Deno.env.get(NAME), "gl");
  } finally {
    if (before === undefined) Deno.env.delete(NAME);
    else Deno.env.set(NAME, before);
  }
});

Deno.test("leaveOutOpenGl() asks for no permission", async () => {
  const module = import.meta.resolve("../../hosting/leave_out_open_gl.ts");
  const script = `import { leaveOutOpenGl } from "${module}"; leaveOutOpenGl(); console.log("on");`;
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(file, script);
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "--no-config", "--allow-import", file],
  }).output();
  await Deno.remove(file);
  assertEquals(new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr), "on\n");
});
