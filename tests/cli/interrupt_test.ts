import { assertEquals } from "@std/assert";
import process from "node:process";
import { interruptedCode, withInterrupt } from "../../cli/interrupt.ts";

for (const [name, code] of [["SIGTERM", 143], ["SIGINT", 130]] as const) {
  Deno.test(`withInterrupt() stops an operation at ${name}, whose exit code is ${code}`, async () => {
    const isAborted = await withInterrupt((signal) => {
      process.emit(name, name);
      return Promise.resolve(signal.aborted);
    });
    assertEquals([isAborted, interruptedCode()], [true, code]);
  });
}
