import { assertEquals, assertInstanceOf } from "@std/assert";
import { Callable } from "../../base/callable.ts";

class Adder extends Callable {
  #offset: number;
  calls = 0;

  constructor(offset: number) {
    super();
    this.#offset = offset;
  }

  override _call(value: number): number {
    this.calls++;
    return this.#offset + value;
  }
}

Deno.test("Callable objects can be called and have public and private fields", () => {
  const three = new Adder(3);
  const five = new Adder(5);
  const call = three as unknown as (value: number) => number;
  assertInstanceOf(three, Adder);
  assertEquals([call(1), five._call(1), call(2)], [4, 6, 5]);
  assertEquals([three.calls, five.calls], [2, 1]);
});
