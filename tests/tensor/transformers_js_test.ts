/** Methods and functions of tensors, held against what transformers.js returned. */
import { assert, assertEquals } from "@std/assert";
import * as mod from "../../mod.ts";
import { Tensor, type TensorType } from "../../tensor/tensor.ts";

interface Plain {
  type: TensorType;
  dims: number[];
  data: number[];
}
type Result = Plain | Result[] | number;
interface Case {
  name: string;
  tensor?: Plain;
  args: unknown[];
  result: Result;
}

const path = new URL("../golden/transformers_js_tensors.json", import.meta.url);
const cases: Case[] = JSON.parse(await Deno.readTextFile(path)).cases;

const isPlain = (value: unknown): value is Plain => Object.hasOwn(Object(value), "dims");

function revive(value: unknown): unknown {
  if (isPlain(value)) return new Tensor(value.type, value.data, value.dims);
  return Array.isArray(value) ? value.map(revive) : value;
}

/**
 * transformers.js rounds each of up to four partial sums along a dimension to float32, then a root
 * and a quotient; sums and products of the operands, which are sixteenths, are exact.
 */
const BOUND = 8 * 2 ** -24;

function compare(given: unknown, wanted: Result, what: string): void {
  if (isPlain(wanted)) {
    if (!(given instanceof Tensor)) throw new Error(`no tensor: ${what}`);
    assertEquals([given.type, given.dims], [wanted.type, wanted.dims], what);
    compare(Array.from<unknown>(given.data), wanted.data, what);
  } else if (Array.isArray(wanted)) {
    if (!Array.isArray(given)) throw new Error(`no array: ${what}`);
    assertEquals(given.length, wanted.length, what);
    wanted.forEach((each, i) => compare(given[i], each, what));
  } else {
    assert(Math.abs(Number(given) - wanted) <= BOUND * Math.abs(wanted), what);
  }
}

const names = new Set(cases.map(({ name }) => name));
assert(names.size === 63);

for (const name of names) {
  Deno.test(`${name}() returns what transformers.js returns`, async () => {
    for (const each of cases.filter((one) => one.name === name)) {
      const receiver = each.tensor === undefined ? mod : revive(each.tensor);
      const args = revive(each.args) as never[];
      const given = name === "_getitem"
        ? (receiver as Tensor)[args[0]]
        : await (receiver as Record<string, (...args: never[]) => unknown>)[name](...args);
      if (name.endsWith("_")) assert(given === receiver, JSON.stringify(each));
      compare(given, each.result, JSON.stringify(each));
    }
  });
}
