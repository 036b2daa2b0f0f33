import { attentionBound } from "../../verify/bounds.ts";
import { attendHashedCases } from "../rooms/attend_hashed_cases.ts";
import { UNIT } from "../rooms/floors.ts";
import { testOnFloors } from "./floors.ts";

testOnFloors("attendHashed()", async (floors, step) => {
  // The factor that makes a query a key is rounded once.
  await attendHashedCases(floors, step, (size) => attentionBound({ ...size, roundings: 1 }, UNIT));
});
