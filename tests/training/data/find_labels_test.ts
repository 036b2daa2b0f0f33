import { assertEquals, assertRejects } from "@std/assert";
import { type Example, findLabels, readCsv } from "../../../training/data/mod.ts";

const examples = (field: string, ...labels: unknown[]): Example[] =>
  labels.map((label) => ({ text: "a", [field]: label }));

Deno.test("findLabels() sorts names; whole numbers by value, in files of text too", async () => {
  assertEquals(await findLabels(examples("label", "b", "a", "b", "10", "9")), {
    id2label: ["10", "9", "a", "b"],
    problem_type: "single_label_classification",
  });
  assertEquals((await findLabels(examples("label", 10, 9, 0, 10))).id2label, ["0", "9", "10"]);
  const file = readCsv(new Blob(["text,label\na,10\nb,9\n"]));
  assertEquals((await findLabels(file)).id2label, ["9", "10"]);
});

Deno.test("findLabels() tells several labels, tags and regressions apart", async () => {
  assertEquals(await findLabels(examples("labels", ["b", "a"], [], ["c"])), {
    id2label: ["a", "b", "c"],
    problem_type: "multi_label_classification",
  });
  // Names of digits, as EURLEX has them.
  assertEquals((await findLabels(examples("labels", ["1686", "889"], ["20"]))).id2label, [
    "20",
    "889",
    "1686",
  ]);
  assertEquals(await findLabels(examples("tags", ["O", "B-PER"], ["O"])), {
    id2label: ["B-PER", "O"],
    problem_type: "single_label_classification",
  });
  assertEquals((await findLabels(examples("tags", ["O", -100], [-100, "X"]))).id2label, ["O", "X"]);
  const regressions = [
    examples("label", 1, 2.5),
    readCsv(new Blob(["text,label\na,3.5\nb,1.25\nc,2\n"])),
    [{ text: "a", label: null, labels: "0.5" }],
  ];
  for (const data of regressions) {
    assertEquals(await findLabels(data), { id2label: [], problem_type: "regression" });
  }
  assertEquals((await findLabels(examples("label", "3.5", "high"))).id2label, ["3.5", "high"]);
});

Deno.test("findLabels() refuses labels of several kinds, and none", async () => {
  const cases: [Example[], string][] = [
    [[], "there are no examples"],
    [[{ text: "a" }], "examples[0] has no label, labels or tags"],
    [examples("label", "a", 1), "examples[1] has label 1, wanted a string like those before"],
    [examples("label", 1, ["a"]), "examples[1] has label with an array, those before have label"],
    [[...examples("label", "a"), ...examples("tags", ["b"])], "examples[1] has tags"],
    [examples("label", "a", null), "examples[1] has no label, labels or tags"],
    [examples("label", { name: "a" }), "wanted a string or a finite number"],
    [examples("label", 1, NaN), "examples[1] has label NaN, wanted a string or a finite number"],
    [examples("labels", [0, 1], [1, 0]), "the arrays hold numbers"],
    [examples("labels", [], []), "none of the examples has one"],
    [examples("tags", [-100], []), "none of the examples has one"],
    [examples("label", "a", " "), 'examples[1] has label " ", wanted a name that is not empty'],
  ];
  for (const [data, message] of cases) {
    await assertRejects(() => findLabels(data), Error, message);
  }
});

Deno.test("a missing number in a file makes no classes of the others", async () => {
  const file = readCsv(new Blob(["text,label\na,3.5\nb,\nc,2\n"]), {});
  await assertRejects(() => findLabels(file), TypeError, ':3 has label "", wanted a name');
});
