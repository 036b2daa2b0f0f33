/** Every operation on every fast backend, held against the reference. */
import type { BackendName, OperationName } from "../../ops/backend.ts";
import { openGpu } from "../gpu/backends.ts";
import { bounds as gpuBounds } from "../gpu/bounds.ts";
import { edges as gpuEdges } from "../gpu/edges.ts";
import { testOnBackend } from "../helpers/backends.ts";
import { openWasm } from "../wasm/backends.ts";
import { bounds as wasmBounds } from "../wasm/bounds.ts";
import { edges as wasmEdges } from "../wasm/edges.ts";
import { type ComparedBackends, runSteps } from "./compared_backends.ts";
import { type Bounds, CASES, type Edges } from "./operation_cases.ts";

/** A fast backend. */
interface Tested {
  readonly name: Exclude<BackendName, "cpu">;
  /** Opens all of its kinds. */
  readonly open: (operation: OperationName) => Promise<ComparedBackends>;
  readonly bounds: Bounds;
  readonly edges: Edges;
}

/** Operations that webgpu refuses with float16. */
const FLOAT32: readonly OperationName[] = [
  "activationGradient",
  "adamW",
  "addToRows",
  "attendGradient",
  "attendKeyGradient",
  "attendQueryGradient",
  "attendWithSums",
  "headProducts",
  "linearInputs",
  "normGradient",
  "sparseListGradient",
  "sumRows",
  "sumSquares",
  "weightGradient",
];

const TESTED: readonly Tested[] = [
  { name: "wasm", open: () => openWasm(), bounds: wasmBounds, edges: wasmEdges },
  {
    name: "webgpu",
    open: (operation) => openGpu([], FLOAT32.includes(operation) ? ["fp32"] : undefined),
    bounds: gpuBounds,
    edges: gpuEdges,
  },
];

const operations = Object.keys(CASES) as OperationName[];

for (const { name, open, bounds, edges } of TESTED) {
  for (const operation of operations) {
    testOnBackend(name, `${operation}()`, async (t) => {
      await runSteps(t, await open(operation), async (backends, step) => {
        await CASES[operation](backends, step, bounds);
        await edges[operation]?.(backends, step);
      });
    });
  }
}
