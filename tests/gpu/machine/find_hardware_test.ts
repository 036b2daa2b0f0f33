import { assertEquals } from "@std/assert";
import { mayHaveHardware } from "../../../gpu/machine/find_hardware.ts";

Deno.test("mayHaveHardware() looks for the files of Linux's devices", async () => {
  const missing = () => Promise.resolve([]);
  const listing = (folders: Record<string, string[]>) => (folder: string) =>
    Promise.resolve(folders[folder] ?? []);
  const others = ["null", "tty0", "shm", "nvme0", "nvram"];
  assertEquals(await mayHaveHardware(missing), false);
  assertEquals(await mayHaveHardware(listing({ "/dev": others, "/dev/dri": ["by-path"] })), false);
  for (const name of ["card0", "renderD128", "card12"]) {
    assertEquals(await mayHaveHardware(listing({ "/dev/dri": ["by-path", name] })), true, name);
  }
  for (const name of ["nvidia0", "nvidiactl", "dxg", "kgsl-3d0", "mali0"]) {
    assertEquals(await mayHaveHardware(listing({ "/dev": [...others, name] })), true, name);
  }
  // Another system, or no permission to look.
  assertEquals(await mayHaveHardware(() => Promise.reject(new Error("no"))), true);
});
