/**
 * Parts of routes' descriptions.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";

/**
 * The body of a request, without which validation is skipped for other content types.
 *
 * @param schema Its schema.
 * @returns The description.
 */
export function jsonBody<Schema extends z.ZodType>(schema: Schema): {
  readonly body: {
    readonly required: true;
    readonly content: { readonly "application/json": { readonly schema: Schema } };
  };
} {
  return { body: { required: true, content: { "application/json": { schema } } } };
}

/**
 * The answer of a route.
 *
 * @param schema Its schema.
 * @returns The description.
 */
export function jsonResult<Schema extends z.ZodType>(schema: Schema): {
  readonly 200: {
    readonly description: string;
    readonly content: { readonly "application/json": { readonly schema: Schema } };
  };
} {
  return { 200: { description: "The answer", content: { "application/json": { schema } } } };
}

/** One text, or several. */
export const Texts = z.union([z.string(), z.array(z.string())]);

/** Which model answers. */
export const ModelName = z.string().optional().openapi({
  description: "Name of the model; absent: the first that can answer.",
});

/** Whether long texts are cut. */
export const Truncate = z.boolean().default(false).openapi({
  description: "Cut texts that are too long, instead of refusing them; the header " +
    "x-truncated-inputs tells which were.",
});

/** Where texts are cut. */
export const TruncationDirection = z.literal(["Right", "right"]).optional().openapi({
  description: "Texts are cut at their ends only.",
});
