/**
 * What `deno task build:wasm` generates from the kernels' definitions: the arguments and the dispatch
 * of wasm/assembly, and the numbers of the kernels.
 *
 * @module
 */
import { KERNELS } from "../wasm/kernels.ts";
import type { Choice, Definition, Layout, List } from "../wasm/machine/layout.ts";
import { PACK_WEIGHTS } from "../wasm/machine/pack_weights.ts";

/** All kernels in the order of their numbers, the first one 1. */
const definitions: readonly Definition[] = [
  ...new Map(
    [...Object.values(KERNELS).map(({ definition }) => definition as Definition), PACK_WEIGHTS]
      .map((definition) => [definition.name, definition]),
  ).values(),
];

/**
 * Generates the sources.
 *
 * @returns Their texts by path.
 */
export function generateAssembly(): Readonly<Record<string, string>> {
  return {
    "wasm/assembly/arguments.ts": argumentClasses(),
    "wasm/assembly/dispatch.ts": dispatch(),
    "wasm/machine/numbers.ts": numbers(),
  };
}

/** A class whose fields lie in memory as `command()` of wasm/machine/layout.ts writes them. */
function argumentClasses(): string {
  const classes = new Map<string, string>();
  const enumerations = new Map<string, string>();
  for (const { name, fields } of definitions) {
    add(`${name[0].toUpperCase()}${name.slice(1)}Arguments`, fields);
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
        enumerations.set(field.enumeration, enumeration(field));
        return `  /** Of ${field.enumeration}. */\n  ${name}: i32;\n`;
      }
      add(field.itemName, (field as List).item);
      return `  /** Number of items of ${field.itemName} that follow. */\n  ${name}: i32;\n`;
    });
    const text = `// @ts-ignore: decorator\n@unmanaged\nexport class ${className} {\n${
      lines.join("")
    }}\n`;
    if ((classes.get(className) ?? text) !== text) {
      throw new Error(`Two layouts are called ${className}`);
    }
    classes.set(className, text);
  }
}

function enumeration({ enumeration, values }: Choice): string {
  const members = ["none", ...values].map((name) => `  ${name},\n`).join("");
  return `export const enum ${enumeration} {\n${members}}\n`;
}

function dispatch(): string {
  const lines = (line: (name: string, number: number) => string) =>
    definitions.map(({ name }, i) => line(name, i + 1)).join("");
  const classOf = (name: string) => `${name[0].toUpperCase()}${name.slice(1)}Arguments`;
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

function numbers(): string {
  const lines = definitions.map(({ name }, i) => `  ${name}: ${i + 1},\n`).join("");
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

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
