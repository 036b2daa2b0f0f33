import { layerNormCases } from "../rooms/layer_norm_cases.ts";
import { testOnFloors } from "./floors.ts";

// Root and quotient are off by 5 units each in WGSL, and the result is rounded twice, once there.
testOnFloors("layerNorm()", (floors, step) => layerNormCases(floors, step, 13));
