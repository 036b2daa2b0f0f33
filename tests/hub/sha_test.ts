import { assertEquals } from "@std/assert";
import { createHash } from "node:crypto";
import { type HashName, Sha, startHash } from "../../hub/sha.ts";
import { makeBytes } from "./hub_server.ts";

Deno.test("Sha computes what the runtime's own hashes do, however the bytes are split", () => {
  for (const name of ["sha1", "sha256"] satisfies HashName[]) {
    for (const length of [0, 1, 3, 55, 56, 57, 63, 64, 65, 119, 120, 128, 10_003]) {
      const bytes = makeBytes(length);
      const wanted = createHash(name).update(bytes).digest("hex");
      for (const split of [0, 5, 64]) {
        for (const hash of [new Sha(name), startHash(name)]) {
          hash.update(bytes.subarray(0, split));
          hash.update(bytes.subarray(split));
          assertEquals(hash.hex(), wanted, `${name} of ${length} bytes`);
        }
      }
    }
  }
});

Deno.test("Sha computes the examples of FIPS 180", () => {
  const hash = (name: HashName) => {
    const sha = new Sha(name);
    sha.update(new TextEncoder().encode("abc"));
    return sha.hex();
  };
  assertEquals(hash("sha1"), "a9993e364706816aba3e25717850c26c9cd0d89d");
  assertEquals(
    hash("sha256"),
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
});
