import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { generateAssembly } from "../../tools/generate_assembly.ts";
import { KERNELS } from "../../wasm/kernels.ts";
import { choice, type Definition, list } from "../../wasm/machine/layout.ts";
import { NUMBERS } from "../../wasm/machine/numbers.ts";

const ARGUMENTS = "wasm/assembly/arguments.ts";
const DISPATCH = "wasm/assembly/dispatch.ts";
const MACHINE = "wasm/machine/numbers.ts";

/** The first group of each match. */
const all = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, name]) => name);

Deno.test("generateAssembly() has each kernel once: its class, its file, its call, its number", () => {
  const texts = generateAssembly();
  assertEquals(Object.keys(texts), [ARGUMENTS, DISPATCH, MACHINE]);
  const names = Object.keys(NUMBERS);
  const defined = Object.values(KERNELS).map(({ definition }) => definition.name);
  assertEquals(new Set(names), new Set([...defined, "clear", "packWeights"]));
  const classes = names.map((name) => `${name[0].toUpperCase()}${name.slice(1)}Arguments`);
  const made = all(texts[ARGUMENTS], /export class (\w+)/g);
  assertEquals(new Set(made).size, made.length);
  assertEquals(made.filter((name) => name.endsWith("Arguments")), classes);
  assertEquals(all(texts[DISPATCH], /^import \{ (\w+) \}/gm), names);
  assertEquals(all(texts[DISPATCH], /case \d+: return (\w+)\(/g), names);
  assertEquals(all(texts[DISPATCH], /changetype<(\w+)>/g), classes);
  assertEquals(all(texts[DISPATCH], /case (\d+):/g).map(Number), Object.values(NUMBERS));
  assertEquals(all(texts[MACHINE], /^ {2}(\w+): \d+,$/gm), names);
});

Deno.test("the numbers of the kernels are consecutive from 1", () => {
  assertEquals(Object.values(NUMBERS), Object.keys(NUMBERS).map((_, i) => i + 1));
});

Deno.test("generateAssembly() makes classes of layouts, choices and lists", () => {
  const definition: Definition = {
    name: "layerNorm",
    fields: {
      x: "usize",
      epsilon: "f64",
      kind: choice("Kind", ["one", "two"]),
      items: list("Item", { count: "i32" }),
    },
  };
  const { [ARGUMENTS]: classes, [DISPATCH]: calls, [MACHINE]: numbers } = generateAssembly([
    definition,
    definition,
  ]);
  assertStringIncludes(classes, "export const enum Kind {\n  none,\n  one,\n  two,\n}");
  assertStringIncludes(classes, "export class Item {\n  count: i32;\n}");
  const fields = /export class LayerNormArguments \{\n([^}]*)\}/.exec(classes)?.[1] ?? "";
  assertEquals(all(fields, /^ {2}(\w+: \w+);$/gm), [
    "x: usize",
    "epsilon: f64",
    "kind: i32",
    "items: i32",
  ]);
  assertStringIncludes(calls, 'import { layerNorm } from "./layer_norm";');
  assertStringIncludes(
    calls,
    "case 1: return layerNorm(changetype<LayerNormArguments>(args), thread, threads, scratch);",
  );
  assert(!calls.includes("case 2"), "a definition that two operations share has one number");
  assertStringIncludes(numbers, "{\n  layerNorm: 1,\n}");
});

Deno.test("generateAssembly() refuses two layouts with the same class name", () => {
  const withItem = (name: Definition["name"], field: "i32" | "f32"): Definition => ({
    name,
    fields: { items: list("Item", { field }) },
  });
  const same = [withItem("add", "i32"), withItem("linear", "i32")];
  assertEquals(all(generateAssembly(same)[ARGUMENTS], /export class (Item) /g), ["Item"]);
  const message = (name: string) => `Two layouts are called ${name}`;
  const items = [withItem("add", "i32"), withItem("linear", "f32")];
  assertThrows(() => generateAssembly(items), Error, message("Item"));
  const kernels: Definition[] = [
    { name: "add", fields: { x: "i32" } },
    { name: "add", fields: { y: "i32" } },
  ];
  assertThrows(() => generateAssembly(kernels), Error, message("AddArguments"));
});

Deno.test("generateAssembly() refuses two choices with the same name", () => {
  const withKind = (name: Definition["name"], values: string[]): Definition => ({
    name,
    fields: { kind: choice("Kind", values) },
  });
  const kinds = [withKind("add", ["one", "two"]), withKind("linear", ["two", "one"])];
  assertThrows(() => generateAssembly(kinds), Error, "Two choices are called Kind");
});
