/**
 * What `deno task build:wasm` generates from the kernels' definitions: the arguments and the dispatch
 * of wasm/assembly, and the numbers of the kernels.
 *
 * @module
 */
import { KERNELS } from "../wasm/kernels.ts";
import { CLEAR } from "../wasm/machine/clear.ts";
import type { Choice, Definition, Layout, List } from "../wasm/machine/layout.ts";
import { PACK_WEIGHTS } from "../wasm/machine/pack_weights.ts";

/** The definitions of all kernels; operations may share one. */
const DEFINITIONS: readonly Definition[] = [
  ...Object.values(KERNELS).map(({ definition }) => definition as Definition),
  CLEAR,
  PACK_WEIGHTS,
];

/**
 * Generates the sources.
 *
 * @param definitions The definitions of the kernels, in the order of their numbers, the first one 1.
 * @returns Their texts by path.
 * @throws {Error} If two layouts, or two choices, have the same name.
 */
export function generateAssembly(
  definitions: readonly Definition[] = DEFINITIONS,
): Readonly<Record<string, string>> {
  const names = [...new Set(definitions.map(({ name }) => name))];
  return {
    "wasm/assembly/arguments.ts": argumentClasses(definitions),
    "wasm/assembly/dispatch.ts": dispatch(names),
    "wasm/machine/numbers.ts": numbers(names),
  };
}

/** A class whose fields lie in memory as `command()` of wasm/machine/layout.ts writes them. */
function argumentClasses(definitions: readonly Definition[]): string {
  const classes = new Map<string, string>();
  const enumerations = new Map<string, string>();
  for (const { name, fields } of definitions) {
    add(classOf(name), fields);
  }
  return [
    `${header("The arguments of the kernels.")}`,
    ...enumerations.values(),
    ...classes.values(),
  ].join("\n");

  function add(className: string, fields: Layout): void {
    const lines = Object.entries(fields).map(([name, field]) => {
      if (typeof field === "string") return `  ${name}: ${field};\n`;
      if ("values" in field) {
        set(enumerations, "choices", field.enumeration, enumeration(field));
        return `  /** Of ${field.enumeration}. */\n  ${name}: i32;\n`;
      }
      add(field.itemName, (field as List).item);
      return `  /** Number of items of ${field.itemName} that follow. */\n  ${name}: i32;\n`;
    });
    const text = `// @ts-ignore: decorator\n@unmanaged\nexport class ${className} {\n${
      lines.join("")
    }}\n`;
    set(classes, "layouts", className, text);
  }
}

/** Keeps a text, which may be there already if it is the same. */
function set(texts: Map<string, string>, kind: string, name: string, text: string): void {
  if ((texts.get(name) ?? text) !== text) throw new Error(`Two ${kind} are called ${name}`);
  texts.set(name, text);
}

function enumeration({ enumeration, values }: Choice): string {
  const members = ["none", ...values].map((name) => `  ${name},\n`).join("");
  return `export const enum ${enumeration} {\n${members}}\n`;
}

function dispatch(names: readonly string[]): string {
  const lines = (line: (name: string, number: number) => string) =>
    names.map((name, i) => line(name, i + 1)).join("");
  return `${header("Calls a kernel by its number.")}
import {
${lines((name) => `  ${classOf(name)},\n`)}} from "./arguments";
${lines((name) => `import { ${name} } from "./${snakeCase(name)}";\n`)}
/**
 * Runs one operation.
 *
 * @param operation The number of its kernel.
 * @param args Address of its arguments.
 * @param thread This thread's number.
 * @param threads Number of threads that run it.
 * @param scratch This thread's scratch memory.
 */
export function runOne(
  operation: i32, args: usize, thread: i32, threads: i32, scratch: usize,
): void {
  switch (operation) {
${
    lines((name, number) =>
      `    case ${number}: return ${name}(changetype<${
        classOf(name)
      }>(args), thread, threads, scratch);\n`
    )
  }    default: unreachable();
  }
}
`;
}

function numbers(names: readonly string[]): string {
  const lines = names.map((name, i) => `  ${name}: ${i + 1},\n`).join("");
  return `${header("The numbers of the kernels.", true)}
/** The number of each kernel in wasm/assembly/dispatch.ts. */
export const NUMBERS = {
${lines}} as const;
`;
}

function header(title: string, isModule = false): string {
  const made = "Made by `deno task build:wasm` from the definitions in wasm/; do not edit.";
  return `/**\n * ${title}\n *\n * ${made}\n${isModule ? " *\n * @module\n" : ""} */\n`;
}

/** The class of a kernel's arguments. */
function classOf(name: string): string {
  return `${name[0].toUpperCase()}${name.slice(1)}Arguments`;
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
