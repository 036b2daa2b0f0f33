/** How long the thread of a page is busy without a break. */
import type { Browser, CDPSession, Page } from "playwright-core";

/** An event of Chromium's trace; times in microseconds. */
interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  /** How long it took, and the thread's own time of that. */
  readonly dur?: number;
  readonly tdur?: number;
}

/** The marks around what is measured. */
const [START, END] = ["measuring starts", "measuring ends"];

/**
 * Runs an expression in a page, in a task of its own, and measures the tasks of the page's thread.
 *
 * @param browser The browser.
 * @param page Its page.
 * @param expression JavaScript that makes a promise.
 * @returns Milliseconds of the longest task: the thread's own time, which other programs on the
 * machine do not lengthen, and all time; the value of the promise.
 */
export async function longestTask(
  browser: Browser,
  page: Page,
  expression: string,
): Promise<{ own: number; all: number; value: unknown }> {
  const session = await browser.newBrowserCDPSession();
  const events: TraceEvent[] = [];
  session.on("Tracing.dataCollected", ({ value }) => {
    events.push(...value as unknown as TraceEvent[]);
  });
  const traceConfig = { includedCategories: ["toplevel", "blink.user_timing"] };
  await session.send("Tracing.start", { transferMode: "ReportEvents", traceConfig });
  const value = await page.evaluate(`new Promise((resolve, reject) => setTimeout(async () => {
    performance.mark("${START}");
    try {
      const value = await (${expression});
      performance.mark("${END}");
      resolve(value);
    } catch (error) {
      reject(error);
    }
  }, 200))`);
  await endTrace(session);
  await session.detach();
  const mark = (wanted: string) => events.find(({ name }) => name === wanted)!;
  const [start, end] = [mark(START), mark(END)];
  const tasks = events.filter(({ pid, tid, ts, dur, tdur }) =>
    pid === start.pid && tid === start.tid && dur !== undefined && tdur !== undefined &&
    ts + dur > start.ts && ts < end.ts
  );
  const longest = (times: (number | undefined)[]) => Math.max(...times.map((time) => time!)) / 1000;
  return {
    own: longest(tasks.map(({ tdur }) => tdur)),
    all: longest(tasks.map(({ dur }) => dur)),
    value,
  };
}

async function endTrace(session: CDPSession): Promise<void> {
  const ended = new Promise<unknown>((resolve) => session.once("Tracing.tracingComplete", resolve));
  await session.send("Tracing.end");
  await ended;
}
