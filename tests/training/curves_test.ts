import { assert, assertEquals } from "@std/assert";
import { drawCurves } from "../../training/curves.ts";

Deno.test("drawCurves() draws losses and metrics, not times and rates", () => {
  const svg = drawCurves([
    { loss: 2, learning_rate: 1e-3, epoch: 0.5, step: 1 },
    { eval_loss: 1.5, eval_accuracy: 0.25, eval_runtime: 9, epoch: 1, step: 2 },
    { loss: 1, learning_rate: 0, epoch: 1, step: 3 },
    { train_runtime: 12, train_loss: 1.5, epoch: 1, step: 3 },
  ])!;
  const names = [...svg.matchAll(/>(\w*(?:loss|accuracy|runtime|rate))<\/text>/g)];
  assertEquals(names.map(([, name]) => name).sort(), ["eval_accuracy", "eval_loss", "loss"]);
});

Deno.test("drawCurves() draws nothing of nothing, and not more points than are seen", () => {
  assertEquals(drawCurves([]), undefined);
  assertEquals(drawCurves([{ train_loss: 1, step: 1 }]), undefined);
  const many = Array.from({ length: 5000 }, (_, step) => ({ loss: 5000 - step, step }));
  const [, points] = drawCurves(many)!.match(/<polyline points="([^"]+)"/)!;
  const drawn = points.split(" ");
  assert(drawn.length <= 401, `${drawn.length}`);
});
