import { assertEquals, assertRejects } from "@std/assert";
import { withProgress, withProgressLine } from "../../cli/progress.ts";
import { ModelMemoryIo } from "./model_memory_io.ts";

Deno.test("withProgress() is silent unless standard error is a terminal", async () => {
  const io = new ModelMemoryIo();
  assertEquals(await withProgress(io, "Work", (callback) => Promise.resolve(callback)), undefined);
  assertEquals(io.err, "");
});

Deno.test("withProgress() redraws one line and clears it at the end", async () => {
  const io = new ModelMemoryIo();
  io.stderrIsTerminal = true;
  const result = await withProgress(io, "Work", (callback) => {
    callback!({ layer: 1, layers: 3 });
    callback!({ layer: 3, layers: 3 });
    return Promise.resolve(7);
  });
  assertEquals(result, 7);
  assertEquals(io.err.split("\r\x1b[K"), [
    "",
    "Work …",
    `Work ${"█".repeat(8)}${"·".repeat(16)} layer 1 of 3`,
    `Work ${"█".repeat(24)} layer 3 of 3`,
    "",
  ]);
});

Deno.test("withProgress() clears the line after an error", async () => {
  const io = new ModelMemoryIo();
  io.stderrIsTerminal = true;
  const run = () => withProgress(io, "Work", () => Promise.reject(new Error("it broke")));
  await assertRejects(run, Error, "it broke");
  assertEquals(io.err.endsWith("\r\x1b[K"), true);
});

Deno.test("withProgressLine() cuts a line to the width of the terminal, by whole characters", async () => {
  const io = new ModelMemoryIo();
  io.stderrIsTerminal = true;
  io.stderrColumns = 5;
  await withProgressLine(io, (show) => {
    show!("abcde");
    io.stderrColumns = 3;
    show!("a😀bc");
    return Promise.resolve();
  });
  assertEquals(io.err.split("\r\x1b[K"), ["", "abcd", "a😀", ""]);
});

Deno.test("withProgressLine() writes nothing after its end", async () => {
  const io = new ModelMemoryIo();
  io.stderrIsTerminal = true;
  const show = await withProgressLine(io, (show) => {
    show!("one");
    return Promise.resolve(show!);
  });
  const { err } = io;
  show("two");
  await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals(io.err, err);
});

Deno.test("withProgressLine() writes a repeated text once", async () => {
  const io = new ModelMemoryIo();
  io.stderrIsTerminal = true;
  await withProgressLine(io, (show) => {
    for (const text of ["a", "a", "b"]) show!(text);
    return Promise.resolve();
  });
  assertEquals(io.err.split("\r\x1b[K"), ["", "a", "b", ""]);
});
