import { assertEquals } from "@std/assert";
import { planBatch } from "../../batch/mod.ts";
import { PlannedShards } from "../../batch/planned_shards.ts";
import { noteFailed, partFolder } from "../../batch/shard_files.ts";
import { withFolder } from "../helpers/with_folder.ts";
import { embedInto, jsonLines, texts } from "./batches.ts";

Deno.test("shards that are left: neither done nor given up; a plan that grows is seen", () =>
  withFolder(async (folder) => {
    const out = `${folder}/out`;
    const add = async (name: string, documents: number) => {
      await Deno.writeTextFile(`${folder}/${name}.jsonl`, jsonLines(texts(documents)));
      await planBatch([`${folder}/${name}.jsonl`], embedInto(out));
    };
    await add("first", 12);
    const planned = await PlannedShards.read(out);
    const [one, two, three] = await planned.listLeft();
    assertEquals(planned.plan.shards, 3);
    await Deno.mkdir(partFolder(out, one), { recursive: true });
    await noteFailed(out, { id: three, reason: "the sea", attempts: 3 });
    assertEquals(await planned.listLeft(), [two]);
    const givenUp = await planned.listGivenUp();
    assertEquals(givenUp.map(({ id, reason }) => [id, reason]), [[three, "the sea"]]);
    assertEquals(await planned.find("0".repeat(32)), undefined);

    await add("second", 4);
    const [again, four] = await planned.listLeft();
    assertEquals(again, two);
    assertEquals((await planned.find(four))?.documents, 4);
    assertEquals(planned.plan.version, 2);
  }));
