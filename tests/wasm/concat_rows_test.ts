import { concatRowsCases } from "../rooms/concat_rows_cases.ts";
import { testOnFloors } from "./floors.ts";

testOnFloors("concatRows()", concatRowsCases);
