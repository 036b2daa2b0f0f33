import { assert, assertEquals } from "@std/assert";
import { activation } from "../../cpu/mod.ts";

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

NAMES.forEach((name, column) => {
  Deno.test(`activation() ${name} agrees with high-precision values`, () => {
    const x = Float32Array.from(EXPECTED, ([x]) => x);
    activation({ x }, { name }).forEach((actual, i) => {
      const expected = EXPECTED[i][column + 1];
      // Rounded to float32 once; before, 1 + erf or 1 + tanh is off by 2e-15 at most, times x.
      const bound = 2 ** -24 * Math.abs(expected) + 2e-15 * Math.abs(x[i]);
      assert(Math.abs(actual - expected) <= bound, `${name}(${x[i]}) is ${actual}`);
    });
  });
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
