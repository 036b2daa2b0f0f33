/**
 * Models in threads of their own, with a queue each, for servers and workers.
 *
 * @module
 */
export { HostedModel, type HostedModelEvents, ThreadEnded } from "./hosted_model.ts";
export type { Answered, BatchReport, ModelInfo, ModelRequest } from "./model_call.ts";
export { HOSTED_TASKS, type HostedTask, type Method, methodsOf } from "./tasks.ts";
