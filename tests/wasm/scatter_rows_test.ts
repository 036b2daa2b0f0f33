import { scatterRowsCases } from "../rooms/scatter_rows_cases.ts";
import { testOnFloors } from "./floors.ts";

testOnFloors("scatterRows()", scatterRowsCases);
