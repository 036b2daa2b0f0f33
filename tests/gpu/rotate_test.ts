import { rotateCases } from "../rooms/rotate_cases.ts";
import { testOnFloors } from "./floors.ts";

testOnFloors("rotate()", rotateCases);
