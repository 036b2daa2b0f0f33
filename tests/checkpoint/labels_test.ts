import { assertEquals, assertThrows } from "@std/assert";
import { parseLabels } from "../../checkpoint/labels.ts";

Deno.test("parseLabels() orders names by their ids", () => {
  const id2label = { "10": "k", ...Object.fromEntries([..."abcdefghij"].map((c, i) => [i, c])) };
  assertEquals(parseLabels({ id2label }).join(""), "abcdefghijk");
});

Deno.test("parseLabels() numbers labels without names", () => {
  assertEquals(parseLabels({ num_labels: 1 }), ["LABEL_0"]);
  assertEquals(parseLabels({ id2label: null, num_labels: null }), ["LABEL_0", "LABEL_1"]);
});

Deno.test("parseLabels() prefers id2label, and accepts numbers as names", () => {
  assertEquals(parseLabels({ id2label: { "0": 1, "1": 5 }, num_labels: 3 }), ["1", "5"]);
});

const INVALID: [Record<string, unknown>, ErrorConstructor, string][] = [
  [{ num_labels: "2" }, TypeError, "config num_labels"],
  [{ num_labels: 0 }, RangeError, "config num_labels"],
  [{ num_labels: 1e9 }, RangeError, "an integer from 1 to 1048576, got 1000000000"],
  [{ num_labels: 1.5 }, RangeError, "config num_labels"],
  [{ id2label: ["a"] }, TypeError, "config id2label must be an object"],
  [{ id2label: {} }, RangeError, "keys 0, 1, …"],
  [{ id2label: { "0": "a", "2": "b" } }, RangeError, 'got ["0","2"]'],
  [{ id2label: { "0": "a", "1": null } }, TypeError, "must map ids to strings or numbers"],
];

for (const [raw, ErrorType, message] of INVALID) {
  Deno.test(`parseLabels() throws on ${JSON.stringify(raw)}`, () => {
    assertThrows(() => parseLabels(raw), ErrorType, message);
  });
}
