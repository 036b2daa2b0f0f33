import { addCases } from "../rooms/add_cases.ts";
import { testOnFloors } from "./floors.ts";

testOnFloors("add()", addCases);
