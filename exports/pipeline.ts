/**
 * Pipelines by the name of their task, as `mod.ts` exports them; their classes are in a file of
 * their own, as a page needs one of them.
 *
 * @module
 */
export { pipeline, type Pipelines, type PipelineTask } from "../pipelines/pipeline.ts";
