import { assert, assertEquals, assertRejects } from "@std/assert";
import { DiskFullError } from "../../batch/errors.ts";
import {
  forgetFailed,
  isDone,
  listDone,
  listFailed,
  noteFailed,
  readReport,
  removePart,
  writeShard,
} from "../../batch/shard_files.ts";
import { planBatch } from "../../batch/mod.ts";
import { lastVersion } from "../../batch/plan_files.ts";
import { testUnless } from "../helpers/test_unless.ts";
import { withFolder } from "../helpers/with_folder.ts";
import { embedInto } from "./batches.ts";

const id = "0123456789abcdef".repeat(2);

const report = (worker: string) => ({
  id,
  documents: 2,
  failed: 0,
  tokens: 7,
  seconds: 0.5,
  worker,
  finished: "2026-11-29T00:00:00.000Z",
});

const content = (text: string, chunks = 1) =>
  [["result.jsonl", Array(chunks).fill(new TextEncoder().encode(text))]] as const;

Deno.test("of two workers on one shard the first is the one that did it", () =>
  withFolder(async (out) => {
    assertEquals([await isDone(out, { id }), (await listDone(out)).size], [false, 0]);
    const workers = ["a", "b", "c", "d"];
    const found = await Promise.all(
      workers.map((name) => writeShard(out, report(name), content(`${name}\n`))),
    );
    const [{ worker, files }] = found;
    for (const each of found) assertEquals(each, found[0]);
    assertEquals(await Deno.readTextFile(`${out}/parts/part-${id}/result.jsonl`), `${worker}\n`);
    assertEquals(Object.keys(files), ["result.jsonl"]);
    assertEquals([await isDone(out, { id }), [...await listDone(out)]], [true, [id]]);
    assertEquals(await Array.fromAsync(Deno.readDir(`${out}/writing`)), []);
    await removePart(out, id);
    assertEquals(await isDone(out, { id }), false);
    assertEquals((await writeShard(out, report("e"), content("e\n"))).worker, "e");
  }));

Deno.test("what a killed worker left is no result, and is swept with the shard", () =>
  withFolder(async (out) => {
    const left = `${out}/writing/${id}-killed`;
    await Deno.mkdir(left, { recursive: true });
    await Deno.writeTextFile(`${left}/result.jsonl`, "ha");
    assertEquals([await isDone(out, { id }), (await listDone(out)).size], [false, 0]);
    await writeShard(out, report("a"), content("half\n"));
    assertEquals(await Array.fromAsync(Deno.readDir(`${out}/writing`)), []);
  }));

Deno.test("a full disk is an error of its own, and leaves nothing", () =>
  withFolder(async (out) => {
    const full = function* () {
      yield new Uint8Array(9);
      throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
    };
    const write = () => writeShard(out, report("a"), [["result.jsonl", full()]]);
    await assertRejects(write, DiskFullError, "the disk is full");
    assertEquals(await isDone(out, { id }), false);
    assertEquals(await Array.fromAsync(Deno.readDir(`${out}/writing`)), []);
    assertEquals(await Array.fromAsync(Deno.readDir(`${out}/parts`)), []);
  }));

const isRoot = Deno.build.os === "linux" && Deno.uid() === 0;

/** Mounts a disk of a megabyte; false where this machine does not allow it. */
async function mount(folder: string): Promise<boolean> {
  if (!isRoot) return false;
  const args = ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder];
  return (await new Deno.Command("mount", { args, stderr: "null" }).output()).success;
}

testUnless(
  isRoot ? undefined : "only root mounts disks",
  "a disk of 1 MB that is full",
  () =>
    withFolder(async (folder) => {
      const out = `${folder}/disk`;
      await Deno.mkdir(out);
      if (!await mount(out)) return;
      try {
        const large = content("x".repeat(65536), 20);
        await assertRejects(
          () => writeShard(out, report("a"), large),
          DiskFullError,
          "disk is full",
        );
        assertEquals(await isDone(out, { id }), false);
        assertEquals((await writeShard(out, report("a"), content("a\n", 3))).worker, "a");
        await Deno.writeFile(`${out}/other`, new Uint8Array(2 ** 20)).catch(() => {});
        const failed = noteFailed(out, { id, reason: "r", attempts: 3 });
        await assertRejects(() => failed, DiskFullError, "disk is full");
        assertEquals((await listFailed(out)).size, 0);
        await Deno.writeTextFile(`${folder}/a.txt`, "the sea");
        const plan = () => planBatch([`${folder}/a.txt`], embedInto(out));
        await assertRejects(plan, DiskFullError, "disk is full");
        assertEquals(await lastVersion(out), 0);
      } finally {
        await new Deno.Command("umount", { args: [out] }).output();
      }
    }),
);

Deno.test("reports from outside are checked", () =>
  withFolder(async (out) => {
    await assertRejects(() => readReport(out, id), RangeError, "it is not there");
    await writeShard(out, report("a"), content("a\n"));
    const path = `${out}/parts/part-${id}/done.json`;
    const good = JSON.parse(await Deno.readTextFile(path));
    for (
      const change of [{ id: "b" }, { documents: -1 }, { files: { "../a": "b" } }, { worker: 3 }]
    ) {
      await Deno.writeTextFile(path, JSON.stringify({ ...good, ...change }));
      await assertRejects(() => readReport(out, id), SyntaxError, "wanted a report");
    }
    await Deno.writeTextFile(path, " ".repeat(70000));
    await assertRejects(() => readReport(out, id), SyntaxError, "too long");
  }));

Deno.test("shards that are given up are noted with the reason, and forgotten", () =>
  withFolder(async (out) => {
    assertEquals((await listFailed(out)).size, 0);
    await noteFailed(out, { id, reason: "x".repeat(5000), attempts: 3 });
    await noteFailed(out, { id, reason: "the model died", attempts: 4 });
    const [found] = (await listFailed(out)).values();
    assertEquals([found.reason, found.attempts], ["the model died", 4]);
    assert(Date.parse(found.failed) > 0);
    await forgetFailed(out, id);
    assertEquals((await listFailed(out)).size, 0);
  }));
