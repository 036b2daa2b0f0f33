/**
 * What the page says when a job fails.
 *
 * @module
 */

/**
 * Puts an error of the library into words for a visitor.
 *
 * @param message The error's message.
 * @param model Name of the model on the hub; "" for the one beside the page.
 * @returns A sentence or two: what to do, and the message.
 */
export function explain(message: string, model: string): string {
  // The name is the visitor's: "network" in it says nothing.
  const words = message.replaceAll(model, "");
  const advice = ADVICE.find(([pattern]) => pattern.test(words))?.[1];
  return advice === undefined ? message : `${advice.replace("MODEL", () => model)} (${message})`;
}

/** Advice for errors that visitors meet. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /wanted a name like "owner\/name"/,
    "“MODEL” is no name of a model: a name has an owner, as in FacebookAI/roberta-base.",
  ],
  [
    /status 40[134]|no such|does not exist|not found|has no config/i,
    "There is no public model “MODEL” on the hub, or it lacks a file that this library reads.",
  ],
  [
    /cannot be reached|Failed to fetch|NetworkError|network/i,
    "The server cannot be reached: check the connection, then try again.",
  ],
  [
    /WebAssembly memory|out of memory|Cannot allocate/i,
    "The text does not fit this browser's memory: read fewer tokens.",
  ],
  [/was lost/, "The graphics card gave up: try again, with fewer tokens or WebAssembly."],
  [/adapter|WebGPU/i, "This browser offers no graphics card: choose WebAssembly."],
  [/is missing|lacks|no head/i, "“MODEL” cannot do this: it was not trained for it."],
];
