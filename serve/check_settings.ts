/**
 * Checks of the settings of a server.
 *
 * @module
 */
import {
  CALLBACK,
  checkOptions,
  countFrom,
  oneOf,
  type OptionCheck,
  TEXT,
} from "../base/check_options.ts";
import { HOSTED_TASKS } from "../hosting/mod.ts";
import type { ServerSettings } from "./settings.ts";

/** A list of values that a check accepts. */
function listOf(wanted: string, accepts: (value: unknown) => boolean): OptionCheck {
  return {
    type: "object",
    wanted,
    accepts: (value) => Array.isArray(value) && value.every(accepts),
  };
}

const isText = (value: unknown) => typeof value === "string";

const isPort = (value: unknown) =>
  Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 65535;

/** Counts may be infinite: then there is no limit. */
const LIMIT: OptionCheck = {
  type: "number",
  wanted: "a whole number ≥ 1, or Infinity",
  accepts: (value) => value === Infinity || Number.isSafeInteger(value) && Number(value) >= 1,
};

const SECONDS: OptionCheck = {
  type: "number",
  wanted: "more than 0",
  accepts: (value) => Number(value) > 0,
};

/**
 * Checks the settings of a server.
 *
 * @param settings The settings.
 * @returns Those that are given.
 * @throws {TypeError | RangeError} If a name is unknown, or a value is wrong.
 */
export function checkSettings(settings: ServerSettings): ServerSettings {
  const action = "Cannot serve models";
  const given = checkOptions(action, settings, {
    models: listOf("a list of models", (value) => typeof value === "object" && value !== null),
    hostname: TEXT,
    port: { ...countFrom(0), wanted: "0 … 65535", accepts: isPort },
    max_batch_tokens: countFrom(1),
    max_concurrent: LIMIT,
    max_body: LIMIT,
    max_texts: LIMIT,
    body_timeout: SECONDS,
    drain_timeout: SECONDS,
    api_keys: listOf("a list of keys", isText),
    cors_origins: listOf("a list of origins", isText),
    log: CALLBACK,
  });
  if (!given.models) throw new TypeError(`${action}: wanted the setting models`);
  for (const model of given.models) {
    const { name, checkpoint } = checkOptions("Cannot serve a model", model, {
      name: TEXT,
      checkpoint: TEXT,
      task: oneOf(HOSTED_TASKS),
      options: { type: "object", wanted: "an object" },
      patience: { type: "number", wanted: "0 or more", accepts: (value) => Number(value) >= 0 },
    });
    if (!name || !checkpoint) throw new TypeError("Cannot serve a model: wanted name, checkpoint");
  }
  return given;
}
