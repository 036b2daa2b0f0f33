/** The files of docs/scale.md: what can be said of them without Docker and a cluster. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { parseAll } from "@std/yaml";
import config from "../../deno.json" with { type: "json" };
import { readRepositoryFile } from "../helpers/published_files.ts";
import { codeBlocksOf } from "../strangers/code_blocks.ts";

const PAGE = "docs/scale.md";
const blocks = codeBlocksOf(PAGE, readRepositoryFile(PAGE));
const [compose, cluster] = blocks.filter(({ language }) => language === "yaml")
  .map(({ text }) => parseAll(text) as unknown[]);

/** A part of a parsed file. */
type Part = Readonly<Record<string, unknown>>;
const part = (value: unknown, ...names: (string | number)[]): unknown =>
  names.reduce((at, name) => (at as Record<string | number, unknown>)[name], value);

const WORK = ["run", "--allow-all", `jsr:${config.name}/cli`, "batch", "work", "/batch/out"];
const DENO = "denoland/deno:2.9.6";

Deno.test("the compose file starts a Redis that drops nothing, and workers on a shared folder", () => {
  assertEquals(compose.length, 1);
  const services = part(compose[0], "services");
  assertEquals(Object.keys(services as Part), ["redis", "work"]);
  assertEquals(part(services, "redis", "command"), [
    ...["redis-server", "--maxmemory-policy", "noeviction", "--save", ""],
  ]);
  assertEquals(part(services, "work", "image"), DENO);
  assertEquals((part(services, "work", "command") as string[]).slice(0, WORK.length), WORK);
  assertMatch(part(services, "work", "environment", "REDIS_URL") as string, /^redis:\/\//);
  const named = (part(services, "work", "volumes") as string[]).map((volume) =>
    volume.split(":")[0]
  );
  const volumes = part(compose[0], "volumes") as Part;
  assertEquals(named.toSorted(), Object.keys(volumes).toSorted());
  assertEquals(part(volumes, "batch", "driver_opts", "type"), "nfs");
});

Deno.test("the cluster's parts name each other, and jobs wait for the list of BullMQ", () => {
  const of = (kind: string) => cluster.find((each) => part(each, "kind") === kind);
  const kinds = ["Deployment", "Service", "PersistentVolumeClaim", "ScaledJob"];
  assertEquals(cluster.map((each) => part(each, "kind")), kinds);
  const redis = part(of("Deployment"), "spec", "template", "spec", "containers", 0);
  assertEquals(part(redis, "args"), ["--maxmemory-policy", "noeviction", "--save", ""]);
  const labels = part(of("Deployment"), "spec", "template", "metadata", "labels");
  assertEquals(part(of("Deployment"), "spec", "selector", "matchLabels"), labels);
  assertEquals(part(of("Service"), "spec", "selector"), labels);
  const port = part(redis, "ports", 0, "containerPort");
  assertEquals(part(of("Service"), "spec", "ports", 0, "port"), port);
  const service = part(of("Service"), "metadata", "name");
  const job = part(of("ScaledJob"), "spec", "jobTargetRef", "template", "spec");
  const worker = part(job, "containers", 0);
  assertEquals(part(worker, "image"), DENO);
  assertEquals((part(worker, "args") as string[]).slice(0, WORK.length), WORK);
  assertEquals(part(worker, "env", 0), {
    name: "REDIS_URL",
    value: `redis://${service}:${port}`,
  });
  const claim = of("PersistentVolumeClaim");
  assertEquals(part(claim, "spec", "accessModes"), ["ReadWriteMany"]);
  const volume = part(job, "volumes", 0);
  const claimName = part(claim, "metadata", "name");
  assertEquals(part(volume, "persistentVolumeClaim", "claimName"), claimName);
  assertEquals(part(worker, "volumeMounts", 0, "name"), part(volume, "name"));
  const trigger = part(of("ScaledJob"), "spec", "triggers", 0);
  assertEquals(part(trigger, "type"), "redis");
  const { address, listName, listLength } = part(trigger, "metadata") as Record<string, unknown>;
  assertEquals(address, `${service}.default.svc.cluster.local:${port}`);
  assertEquals(listName, "bull:lsg-batch-ID:wait");
  assertStringIncludes(readRepositoryFile("batch/queue.ts"), "new Queue(`lsg-batch-${plan.id}`");
  // KEDA takes texts.
  assertMatch(listLength as string, /^\d+$/);
});

Deno.test("the arithmetic is right", () => {
  const text = readRepositoryFile(PAGE).replaceAll(/\s+/g, " ");
  const rows = [
    ...text.matchAll(/\| ([^|]+), ([\d,]+)[^|]*\| (?:q8|fp32) +\| +([\d.]+) \| +(\d+) \|/g),
  ];
  assertEquals(rows.length, 3);
  for (const [, , tokens, seconds, rate] of rows) {
    assertEquals(Math.round(Number(tokens.replace(",", "")) / Number(seconds) / 2), Number(rate));
  }
  const hours = 1e6 * 4096 / 372 / 3600;
  assertMatch(text, new RegExp(`= ${(10 * Math.round(hours / 10)).toLocaleString("en")} core-h`));
  assertMatch(text, new RegExp(`ten machines of 16 such cores ${Math.round(hours / 160)} hours`));
});
