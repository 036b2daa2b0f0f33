import { assertEquals } from "@std/assert";
import { Scheduler, type Unit } from "../../hosting/scheduler.ts";

interface TestUnit extends Unit {
  readonly name: string;
  isCancelled: boolean;
}

const unit = (name: string, tokens: number, key = "embed"): TestUnit => ({
  name,
  tokens,
  key,
  isCancelled: false,
});

/** Runs what `fill` adds while the first unit runs; a token takes a millisecond. */
async function orderOf(
  batchTokens: number,
  fill: (scheduler: Scheduler<TestUnit>) => void,
): Promise<string[][]> {
  let clock = 0;
  const batches: string[][] = [];
  const scheduler: Scheduler<TestUnit> = new Scheduler<TestUnit>({
    multiple: 16,
    batchTokens,
    now: () => clock,
    run: (units) => {
      if (batches.length === 0) fill(scheduler);
      batches.push(units.map(({ name }) => name));
      clock += units.reduce((sum, { tokens }) => sum + tokens, 0);
      return Promise.resolve();
    },
  });
  scheduler.add(unit("first", 16));
  await scheduler.whenIdle();
  return batches.slice(1);
}

Deno.test("texts of similar length run together, shorter ones first", async () => {
  const batches = await orderOf(64, (scheduler) => {
    scheduler.add(unit("long", 400));
    for (const [name, tokens] of [["a", 20], ["b", 5], ["c", 31], ["d", 7]] as const) {
      scheduler.add(unit(name, tokens));
    }
  });
  assertEquals(batches, [["b", "d"], ["a", "c"], ["long"]]);
});

Deno.test("a batch holds at most its tokens, padding included, and at least one text", async () => {
  const batches = await orderOf(48, (scheduler) => {
    for (const name of ["a", "b", "c", "d"]) scheduler.add(unit(name, 9));
    scheduler.add(unit("long", 4096));
  });
  assertEquals(batches, [["a", "b", "c"], ["d"], ["long"]]);
});

Deno.test("without patience the first come is the first served", async () => {
  const order: string[] = [];
  const scheduler: Scheduler<TestUnit> = new Scheduler<TestUnit>({
    multiple: 16,
    batchTokens: 16,
    patience: 0,
    run: (units) => {
      order.push(...units.map(({ name }) => name));
      return Promise.resolve();
    },
  });
  for (const [name, tokens] of [["long", 400], ["a", 5], ["b", 30]] as const) {
    scheduler.add(unit(name, tokens));
  }
  await scheduler.whenIdle();
  assertEquals(order, ["long", "a", "b"]);
});

Deno.test("texts of other methods or options run by themselves", async () => {
  const batches = await orderOf(64, (scheduler) => {
    scheduler.add(unit("a", 9, "embed"));
    scheduler.add(unit("b", 9, "classify"));
    scheduler.add(unit("c", 9, "embed"));
  });
  assertEquals(batches, [["a", "c"], ["b"]]);
});

Deno.test("units that may be mixed run together, whatever their lengths", async () => {
  const mixed = (name: string, tokens: number) => ({ ...unit(name, tokens), mixed: 3 });
  const batches = await orderOf(64, (scheduler) => {
    for (const name of ["a", "b", "c", "d"]) scheduler.add(mixed(name, name === "a" ? 5 : 20));
    scheduler.add(mixed("long", 400));
  });
  assertEquals(batches, [["a", "b", "c"], ["d"], ["long"]]);
});

Deno.test("a cancelled text does not run", async () => {
  const gone = unit("gone", 5);
  const batches = await orderOf(64, (scheduler) => {
    scheduler.add(gone);
    scheduler.add(unit("a", 5));
    gone.isCancelled = true;
  });
  assertEquals(batches, [["a"]]);
});

Deno.test("a long text waits a bounded time, however many short ones come", async () => {
  let clock = 0;
  let sent = 0;
  let ranAt = NaN;
  const scheduler: Scheduler<TestUnit> = new Scheduler<TestUnit>({
    multiple: 16,
    batchTokens: 16,
    now: () => clock,
    run: ([{ name, tokens }]) => {
      clock += tokens;
      if (name === "long") ranAt = clock - tokens;
      else if (sent++ < 1000) scheduler.add(unit("short", 10));
      return Promise.resolve();
    },
  });
  scheduler.add(unit("short", 10));
  scheduler.add(unit("long", 100));
  await scheduler.whenIdle();
  // Sixteen times its own 100 ms, and the text that runs then.
  assertEquals(ranAt > 100 && ranAt <= 16 * 100 + 20, true, String(ranAt));
});

Deno.test("batches are reported with what still waits", async () => {
  const reports: unknown[] = [];
  let clock = 0;
  const scheduler = new Scheduler<TestUnit>({
    multiple: 16,
    batchTokens: 16,
    now: () => clock,
    run: () => {
      clock += 500;
      return Promise.resolve();
    },
    onBatch: (report) => reports.push(report),
  });
  scheduler.add(unit("a", 10));
  scheduler.add(unit("b", 12));
  await scheduler.whenIdle();
  assertEquals(reports, [
    { texts: 1, tokens: 10, seconds: 0.5, waiting: [1, 12] },
    { texts: 1, tokens: 12, seconds: 0.5, waiting: [0, 0] },
  ]);
});
