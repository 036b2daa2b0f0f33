/**
 * The parsed form of a template, as far as it is looked at.
 *
 * @module
 */

/** A statement or an expression. */
export interface Node {
  /** Its kind, such as `For`. */
  readonly type: string;
  /** Its parts. */
  readonly [part: string]: unknown;
}

/** A parsed template, and what was found in it. */
export interface ParsedTemplate {
  /** The template. */
  readonly program: Node;
  /** Expressions whose value is printed. */
  readonly printed: ReadonlySet<Node>;
  /** How many statements and expressions each macro and call consists of. */
  readonly sizes: ReadonlyMap<Node, number>;
}

/** Parts that are lists of statements. */
const BODIES = ["body", "alternate", "defaultBlock"] as const;

const STATEMENTS = new Set(
  "Set If For Macro CallStatement FilterStatement Break Continue Comment StringLiteral".split(" "),
);

const isNode = (part: unknown): part is Node =>
  typeof part === "object" && part !== null && typeof (part as Node).type === "string";

/**
 * Looks through a template.
 *
 * @param program The template.
 * @returns It, and what was found.
 */
export function inspectTemplate(program: Node): ParsedTemplate {
  const printed = new Set<Node>();
  const sizes = new Map<Node, number>();
  const visit = (part: unknown): number => {
    if (Array.isArray(part)) return part.reduce((sum: number, item) => sum + visit(item), 0);
    if (part instanceof Map) return visit([...part].flat());
    if (!isNode(part)) return 0;
    for (const name of BODIES) {
      for (const statement of (part[name] as Node[] | undefined) ?? []) {
        if (!STATEMENTS.has(statement.type)) printed.add(statement);
      }
    }
    const size = 1 + visit(Object.values(part));
    if (part.type === "Macro" || part.type === "CallStatement") sizes.set(part, size);
    return size;
  };
  visit(program);
  return { program, printed, sizes };
}

/**
 * Copies a node with other parts.
 *
 * @param node The node.
 * @param parts The other parts.
 * @returns The copy.
 */
export function withParts(node: Node, parts: Readonly<Record<string, unknown>>): Node {
  return { ...node, ...parts };
}
