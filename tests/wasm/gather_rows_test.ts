import { gatherRowsCases } from "../rooms/gather_rows_cases.ts";
import { testOnFloors } from "./floors.ts";

testOnFloors("gatherRows()", gatherRowsCases);
