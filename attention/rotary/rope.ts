/**
 * Scalings of rotary positions, for texts longer than a model was trained on.
 *
 * @module
 */
import { plainRotation, type Rotation } from "./rotation.ts";

/** How frequencies are scaled, as `rope_scaling` of a config says. */
export type RopeScaling =
  | { readonly type: "default" }
  /** All frequencies are divided by `factor`. */
  | { readonly type: "linear"; readonly factor: number }
  /** The base grows with the longest text, beyond `trained` tokens. */
  | { readonly type: "dynamic"; readonly factor: number; readonly trained: number }
  /** Low frequencies are divided by `factor`, high ones stay (Llama 3.1). */
  | {
    readonly type: "llama3";
    readonly factor: number;
    readonly trained: number;
    /** Wavelengths above `trained / low` are stretched. */
    readonly low: number;
    /** Wavelengths below `trained / high` stay. */
    readonly high: number;
  }
  /** A ramp over pairs between both, and a factor of cosines and sines (Peng et al., YaRN). */
  | {
    readonly type: "yarn";
    readonly factor: number;
    readonly trained: number;
    /** Turns in `trained` tokens from which on a pair stays. */
    readonly fast: number;
    /** Turns up to which a pair is stretched. */
    readonly slow: number;
    /** Factor of cosines and sines. */
    readonly attention: number;
  };

/** Rotary positions of a model. */
export interface Rope {
  /** Base of the wavelengths. */
  readonly theta: number;
  /** How many columns of a head are turned: the first ones. */
  readonly columns: number;
  /** How frequencies are scaled. */
  readonly scaling: RopeScaling;
}

/**
 * The angles of rotary positions.
 *
 * @param rope Base, columns, scaling.
 * @param longest The longest text that they are for; only `dynamic` depends on it.
 * @returns The rotation.
 *
 * @example
 * ```ts
 * import { ropeRotation } from "@lsg/core/attention";
 * import { assertEquals } from "@std/assert";
 *
 * const scaling = { type: "linear", factor: 4 } as const;
 * assertEquals(ropeRotation({ theta: 100, columns: 2, scaling }).frequencies, [0.25]);
 * ```
 */
export function ropeRotation({ theta, columns, scaling }: Rope, longest = 0): Rotation {
  const { frequencies } = plainRotation(theta, columns);
  switch (scaling.type) {
    case "default":
      return { frequencies };
    case "linear":
      return { frequencies: frequencies.map((frequency) => frequency / scaling.factor) };
    case "dynamic":
      return plainRotation(dynamicTheta(theta, columns, scaling, longest), columns);
    case "llama3":
      return { frequencies: frequencies.map((frequency) => llama3Frequency(frequency, scaling)) };
    case "yarn": {
      const ramp = yarnRamp(theta, columns, scaling);
      return {
        frequencies: frequencies.map((frequency, i) =>
          frequency * (1 - ramp[i]) + frequency / scaling.factor * ramp[i]
        ),
        factor: scaling.attention,
      };
    }
  }
}

type Scaling<Type extends RopeScaling["type"]> = Extract<RopeScaling, { readonly type: Type }>;

function dynamicTheta(
  theta: number,
  columns: number,
  { factor, trained }: Scaling<"dynamic">,
  longest: number,
): number {
  if (longest <= trained) return theta;
  return theta * (factor * longest / trained - factor + 1) ** (columns / (columns - 2));
}

function llama3Frequency(
  frequency: number,
  { factor, trained, low, high }: Scaling<"llama3">,
): number {
  const wavelength = 2 * Math.PI / frequency;
  if (wavelength < trained / high) return frequency;
  if (wavelength > trained / low) return frequency / factor;
  const smooth = (trained / wavelength - low) / (high - low);
  return (1 - smooth) * frequency / factor + smooth * frequency;
}

/** How far each pair is stretched, from 0 to 1. */
function yarnRamp(
  theta: number,
  columns: number,
  { trained, fast, slow }: Scaling<"yarn">,
): number[] {
  // The pair that makes so many turns in `trained` tokens.
  const pairOf = (turns: number) =>
    columns * Math.log(trained / (2 * Math.PI * turns)) / (2 * Math.log(theta));
  const low = Math.max(Math.floor(pairOf(fast)), 0);
  const last = Math.min(Math.ceil(pairOf(slow)), columns - 1);
  const high = last === low ? low + 0.001 : last;
  return Array.from(
    { length: columns / 2 },
    (_, i) => Math.min(1, Math.max(0, (i - low) / (high - low))),
  );
}
