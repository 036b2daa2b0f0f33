/**
 * Script that `bench/start.ts` runs: fills one mask and prints the end time of each stage.
 *
 * @module
 */
const ends: [stage: string, time: number][] = [];
const end = (stage: string) => ends.push([stage, performance.timeOrigin + performance.now()]);

end("Deno");
const { AutoModelForMaskedLM, AutoTokenizer, FillMaskPipeline, openBackend } = await import(
  "../mod.ts"
);
const { FolderSource } = await import("../checkpoint/mod.ts");
end("modules");
const source = new FolderSource(Deno.args[0]);
const tokenizer = await AutoTokenizer.from_pretrained(source);
end("tokenizer");
const device = await openBackend("wasm");
end("kernels");
const model = await AutoModelForMaskedLM.from_pretrained(source, { device });
end("weights");
const unmasker = new FillMaskPipeline(tokenizer, model);
await unmasker(Deno.args[1]);
end("first result");
console.log(JSON.stringify(ends));
Deno.exit();
