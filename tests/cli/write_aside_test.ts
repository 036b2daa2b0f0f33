import { assertEquals, assertRejects } from "@std/assert";
import { checkOutput, writeAside } from "../../cli/write_aside.ts";
import { withNewFolder } from "./model_memory_io.ts";

async function names(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
}

Deno.test("writeAside() writes new files, replaces old ones, and keeps links and modes", () =>
  withNewFolder(async (folder) => {
    await Deno.mkdir(folder);
    await writeAside(`${folder}/a`, "text");
    assertEquals(await Deno.readTextFile(`${folder}/a`), "text");
    await Deno.chmod(`${folder}/a`, 0o600);
    await Deno.symlink("a", `${folder}/link`);
    await writeAside(`${folder}/link`, Uint8Array.of(7));
    assertEquals(await Deno.readFile(`${folder}/a`), Uint8Array.of(7));
    assertEquals((await Deno.lstat(`${folder}/link`)).isSymlink, true);
    assertEquals((await Deno.stat(`${folder}/a`)).mode! & 0o777, 0o600);
    // The longest name that the disk holds.
    await writeAside(`${folder}/${"b".repeat(255)}`, "");
    assertEquals(await names(folder), ["a", "b".repeat(255), "link"]);
  }));

Deno.test("writeAside() follows a link to a file that does not exist yet", () =>
  withNewFolder(async (folder) => {
    await Deno.mkdir(`${folder}/far/inner`, { recursive: true });
    await Deno.symlink("far/inner", `${folder}/near`);
    const links = [["far/a", "link"], ["link", "chain"], ["../b", "near/up"]];
    for (const [to, from] of links) await Deno.symlink(to, `${folder}/${from}`);
    for (const [from, file] of [["chain", "far/a"], ["near/up", "far/b"]]) {
      await checkOutput(`${folder}/${from}`);
      await writeAside(`${folder}/${from}`, "text");
      assertEquals((await Deno.lstat(`${folder}/${file}`)).isFile, true);
      assertEquals((await Deno.lstat(`${folder}/${from}`)).isSymlink, true);
    }
    await Deno.symlink("none/x", `${folder}/lost`);
    await assertRejects(() => writeAside(`${folder}/lost`, ""), Error, "no such file or folder");
    assertEquals(await names(`${folder}/far`), ["a", "b", "inner"]);
  }));

Deno.test("writeAside() does not replace a device", async () => {
  await writeAside("/dev/null", "text");
  await checkOutput("/dev/null");
  assertEquals((await Deno.stat("/dev/null")).isCharDevice, true);
  const full = "Cannot write /dev/full: the disk is full";
  await assertRejects(() => writeAside("/dev/full", "text"), Error, full);
});

Deno.test("checkOutput() and writeAside() refuse the same paths, and leave nothing", () =>
  withNewFolder(async (folder) => {
    await Deno.mkdir(`${folder}/inner`, { recursive: true });
    await Deno.writeTextFile(`${folder}/file`, "mine");
    await Deno.symlink("loop", `${folder}/loop`);
    const cases = [
      [`${folder}/inner`, "it is a folder"],
      [`${folder}/none/x`, "there is no such file or folder"],
      [`${folder}/file/x`, "it or its parent is not a folder"],
      [`${folder}/loop`, "a link that leads back to itself"],
      [`${folder}/${"x".repeat(300)}`, "its name is too long"],
    ];
    for (const [path, message] of cases) {
      await assertRejects(() => checkOutput(path), Error, message);
      await assertRejects(() => writeAside(path, "text"), Error, message);
    }
    await checkOutput(`${folder}/new`);
    await checkOutput(`${folder}/file`);
    assertEquals(await names(folder), ["file", "inner", "loop"]);
    assertEquals(await Deno.readTextFile(`${folder}/file`), "mine");
  }));
