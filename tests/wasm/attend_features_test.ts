import { featureBound } from "../../verify/bounds.ts";
import {
  attendFeaturesCases,
  checkFeatures,
  type FeatureBound,
} from "../rooms/attend_features_cases.ts";
import { UNIT } from "../rooms/floors.ts";
import { testOnFloors } from "./floors.ts";

const bound: FeatureBound = (size) => featureBound(size, UNIT);

testOnFloors("attendFeatures()", async (floors, step) => {
  await attendFeaturesCases(floors, step, bound);

  await step("more features than a thread's own memory holds", async () => {
    await checkFeatures(floors, "random", { tokens: 3, width: 130, features: 2100 }, bound);
  });
});
