/** Each operation has a gradient, held against central differences, or is refused by name. */
import { assertEquals, assertGreater, assertThrows } from "@std/assert";
import type { Backend, Floats, OperationName } from "../../ops/backend.ts";
import { ruleOf } from "../../ops/gradients/rules.ts";
import type { Operation } from "../../ops/operation.ts";
import * as operations from "../helpers/all_operations.ts";
import { Tape } from "../../training/tape.ts";
import { tensorsIn } from "../../training/tensors_in.ts";
import { checkDifferences } from "../helpers/differences.ts";
import { Float64Backend } from "../helpers/float64_backend.ts";
import { PLANS } from "../ops/all_plans.ts";
import { Operands } from "../ops/plan_cases.ts";

/**
 * Operations without a gradient: those that gradients consist of, those that only generation calls,
 * and the attentions of linear cost, whose models cannot be trained.
 */
const NONE: readonly OperationName[] = [
  ...["activationGradient", "adamW", "addToRows", "attendGradient", "attendKeyGradient"] as const,
  ...["attendQueryGradient", "headProducts", "linearInputs", "normGradient"] as const,
  ...["sparseListGradient", "sumRows", "sumSquares", "weightGradient"] as const,
  ...["attendCached", "halve", "quantizeHeads", "topScores", "writeRows"] as const,
  ...["attendFeatures", "attendHashed"] as const,
];

/** Operands that are given, one after the other. */
class GivenOperands extends Operands {
  #next = 0;

  constructor(backend: Backend, readonly given: readonly Floats[]) {
    super(backend);
  }

  override rows(...dims: number[]): Floats {
    const tensor = this.given[this.#next++];
    assertEquals(tensor.dims, dims);
    return tensor;
  }
}

/** Operands whose shapes are kept. */
class KnownOperands extends Operands {
  readonly known: Floats[] = [];

  override rows(...dims: number[]): Floats {
    const tensor = super.rows(...dims);
    this.known.push(tensor);
    return tensor;
  }
}

const descriptions: Readonly<Record<string, Operation>> = operations as never;
const hasGradient = (operation: Operation) => {
  const { gradient, decompose } = ruleOf(operation);
  return Boolean(gradient || decompose);
};
const call = (on: Backend, name: OperationName, args: readonly unknown[]) =>
  on.run(descriptions[name], ...args);

Deno.test("every operation has a gradient, or is known to have none", () => {
  const none = Object.values(descriptions).filter((operation) => !hasGradient(operation));
  assertEquals(none.map(({ name }) => name).sort(), [...NONE].sort());
});

for (const name of Object.keys(descriptions) as OperationName[]) {
  if (!hasGradient(descriptions[name])) continue;
  Deno.test(`${name}(): the gradient of its plan's call is what differences tell`, async () => {
    const backend = new Float64Backend();
    const make = new KnownOperands(backend);
    PLANS[name].args(make);
    const dims = make.known.map(({ dims }) => dims);
    backend.dispose();
    const gradients = await checkDifferences(dims, (on, operands) => {
      const args = PLANS[name].args(new GivenOperands(on, operands));
      return tensorsIn(call(on, name, args)).filter(({ type }) => type === "float32") as Floats[];
    });
    assertGreater(gradients.flatMap((values) => [...values]).filter((x) => x !== 0).length, 0);
  });
}

for (const name of NONE) {
  Deno.test(`${name}() cannot be trained through, and says so`, () => {
    const backend = new Float64Backend();
    const make = new KnownOperands(backend);
    const args = PLANS[name].args(make);
    const tape = new Tape(backend, make.known);
    assertThrows(
      () => call(tape, name, args),
      TypeError,
      `Cannot train through ${name}: it has no gradient`,
    );
    tape.dispose();
    backend.dispose();
  });
}
