import { assert, assertEquals } from "@std/assert";
import { activation } from "../../cpu/mod.ts";
import type { ActivationName } from "../../ops/mod.ts";

const NAMES = ["gelu", "gelu_new", "silu", "tanh"] as const;

// x, then the functions in the order above: mpmath 1.3.0 with 40 digits.
const EXPECTED = [
  [
    -10,
    -7.6198530241605261e-23,
    -1.2041929433716598e-37,
    -0.00045397868702434395,
    -0.99999999587769276,
  ],
  [-5, -1.4332578593959696e-6, -2.291796196629506e-7, -0.033464254621424278, -0.99990920426259513],
  [-1.5, -0.1002108019032871, -0.10042842301976708, -0.27363828570953451, -0.90514825364486644],
  [-1, -0.15865525393145705, -0.1588080093917233, -0.26894142136999512, -0.76159415595576489],
  [-0.5, -0.15426876936299345, -0.15428599017485608, -0.18877033439907272, -0.46211715726000976],
  [
    -0.125,
    -0.056282721896235888,
    -0.056282801375776612,
    -0.058598828328280468,
    -0.12435300177159621,
  ],
  [0.125, 0.068717278103764112, 0.068717198624223388, 0.066401171671719532, 0.12435300177159621],
  [0.5, 0.34573123063700655, 0.34571400982514392, 0.31122966560092728, 0.46211715726000976],
  [1, 0.84134474606854295, 0.8411919906082767, 0.73105857863000488, 0.76159415595576489],
  [1.5, 1.3997891980967129, 1.3995715769802329, 1.2263617142904655, 0.90514825364486644],
  [3, 2.9959503059051097, 2.996362607918227, 2.8577223804672997, 0.99505475368673045],
  [5, 4.9999985667421406, 4.9999997708203803, 4.9665357453785757, 0.99990920426259513],
  [10, 10.0, 10.0, 9.9995460213129757, 0.99999999587769276],
];

const MORE_NAMES = ["laplace", "mish", "quick_gelu", "sigmoid"] as const;

// The same for these, with the constants of transformers' activations.py.
const MORE_EXPECTED = [
  [-10, 0.0, -0.00045398899185674694, -4.05796129485531e-7, 4.5397868702434395e-5],
  [-5, 0.0, -0.033576237730161705, -0.0010070162673523689, 0.0066928509242848556],
  [-1.5, 2.5588489030161156e-15, -0.29809974216680676, -0.10833780155292343, 0.18242552380635634],
  [-1, 7.1737261254328581e-10, -0.30340146137410892, -0.1542042340671787, 0.26894142136999512],
  [-0.5, 9.3833811676860681e-6, -0.22074377465173, -0.14961156339361988, 0.37754066879814544],
  [
    -0.125,
    0.0015902055191724249,
    -0.069979907180002477,
    -0.055876526621895346,
    0.46879062662624374,
  ],
  [0.125, 0.019531906471848485, 0.079957570847359806, 0.069123473378104654, 0.53120937337375626],
  [0.5, 0.23142114841057393, 0.3752452113048951, 0.35038843660638012, 0.62245933120185456],
  [1, 0.85042964928457034, 0.86509838826731035, 0.8457957659328213, 0.73105857863000488],
  [1.5, 0.99752854097807036, 1.4033782663958026, 1.3916621984470766, 0.81757447619364366],
  [3, 0.99999999999999978, 2.9865350049679573, 2.981928690292214, 0.95257412682243322],
  [5, 1.0, 4.9995520775294057, 4.9989929837326476, 0.99330714907571514],
  [10, 1.0, 9.9999999587806704, 9.9999995942038705, 0.99995460213129757],
];

const TABLES = [
  { names: NAMES, expected: EXPECTED, least: 0 },
  { names: MORE_NAMES, expected: MORE_EXPECTED, least: 1 },
];

for (const { names, expected: table, least } of TABLES) {
  names.forEach((name, column) => {
    Deno.test(`activation() ${name} agrees with high-precision values`, () => {
      const x = Float32Array.from(table, ([x]) => x);
      activation({ x }, { name }).forEach((actual, i) => {
        const expected = table[i][column + 1];
        // Rounded to float32 once; before, 1 + erf or 1 + tanh is off by 2e-15 at most, times x
        // or, where the function is bounded, 1.
        const bound = 2 ** -24 * Math.abs(expected) + 2e-15 * Math.max(least, Math.abs(x[i]));
        assert(Math.abs(actual - expected) <= bound, `${name}(${x[i]}) is ${actual}`);
      });
    });
  });
}

Deno.test("activation() leaky_relu, relu2 and relu6 at their corners", () => {
  const x = new Float32Array([-200, -0.5, 0, 0.5, 6, 7, 300]);
  const of = (name: ActivationName) => [...activation({ x }, { name })];
  assertEquals(of("leaky_relu"), [...x].map((v) => Math.fround(v < 0 ? v / 100 : v)));
  assertEquals(of("relu2"), [0, 0, 0, 0.25, 36, 49, 90000]);
  assertEquals(of("relu6"), [0, 0, 0, 0.5, 6, 6, 6]);
});

Deno.test("activation() relu keeps what is positive", () => {
  const x = new Float32Array([-Infinity, -1, 0, 1e-40, 2, Infinity]);
  assertEquals(
    activation({ x }, { name: "relu" }),
    new Float32Array([0, 0, 0, 1e-40, 2, Infinity]),
  );
});

Deno.test("activation() has no NaN for the largest floats", () => {
  const largest = 2 ** 127;
  const x = new Float32Array([-largest, largest]);
  for (const name of NAMES.slice(0, 3)) {
    assertEquals(activation({ x }, { name }), new Float32Array([-0, largest]), name);
  }
  assertEquals(activation({ x }, { name: "tanh" }), new Float32Array([-1, 1]));
});

Deno.test("activation() gives an array of its own, also of no values", () => {
  const x = new Float32Array([3]);
  activation({ x }, { name: "tanh" });
  assertEquals(x[0], 3);
  assertEquals(activation({ x: new Float32Array(0) }, { name: "gelu" }).length, 0);
});
