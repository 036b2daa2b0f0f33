import { embedCases } from "../rooms/embed_cases.ts";
import { testOnFloors } from "./floors.ts";

testOnFloors("embed()", embedCases);
