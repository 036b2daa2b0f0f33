/** All operations by name. */
export * from "../../ops/operations.ts";
export * from "../../ops/other_operations.ts";
