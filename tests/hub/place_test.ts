import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { hubPlace, isRepositoryName, pathPart, urlPlace } from "../../hub/place.ts";
import { withEnv } from "./with_env.ts";

Deno.test("isRepositoryName() takes the names that the hub has", () => {
  for (const name of ["roberta-base", "ccdv/lsg-bart-base-4096", "a/b", "A1/x_y.z", "0/1"]) {
    assert(isRepositoryName(name), name);
  }
});

Deno.test("isRepositoryName() refuses whatever could lead elsewhere", () => {
  const strange = [
    "",
    ".",
    "..",
    "a/",
    "/a",
    "a//b",
    "a/b/c",
    "a/..",
    "../a",
    "./a",
    "a..b",
    "a--b",
    "-a",
    "a-",
    ".a",
    "a.",
    "a b",
    "a\\b",
    "a?b",
    "a#b",
    "a%2fb",
    "a:b",
    "@a",
    "a/b.git",
    "a.ipynb",
    "a\n",
    "é",
    "x".repeat(97),
  ];
  for (const name of strange) {
    assertEquals(isRepositoryName(name), false, JSON.stringify(name));
    assertThrows(() => hubPlace(name, "main"), RangeError, "owner/name");
  }
});

Deno.test("hubPlace() fills the template and quotes the revision", () => {
  const place = hubPlace("owner/name", "refs/pr/1");
  const { href } = place.url("config.json", "refs/pr/1");
  assertEquals(href, "https://huggingface.co/owner/name/resolve/refs%2Fpr%2F1/config.json");
  assertEquals(place.key, "huggingface.co/owner--name");
});

Deno.test("hubPlace() refuses strange revisions", () => {
  for (const revision of ["..", "a/../b", "/a", "a/", "a//b", "a b", "-a", "", "a\n", "a@{1}"]) {
    assertThrows(() => hubPlace("a/b", revision), RangeError, "a branch, a tag or a commit");
  }
});

Deno.test("hubPlace() follows env to mirrors, each with its own folder in the cache", () => {
  const seen = new Set<string>();
  const settings = [
    ["https://mirror.org", "{model}/resolve/{revision}/"],
    ["https://mirror.org:8080/", "{model}/resolve/{revision}/"],
    ["http://mirror.org/", "{model}/resolve/{revision}/"],
    ["https://mirror.org/hf", "{model}/resolve/{revision}/"],
    ["https://mirror.org/", "/models/{model}"],
  ];
  const hrefs = settings.map(([remoteHost, remotePathTemplate]) =>
    withEnv({ remoteHost, remotePathTemplate }, () => {
      const place = hubPlace("a/b", "v1");
      seen.add(place.key);
      return place.url("x.json", "v1").href;
    })
  );
  assertEquals(hrefs, [
    "https://mirror.org/a/b/resolve/v1/x.json",
    "https://mirror.org:8080/a/b/resolve/v1/x.json",
    "http://mirror.org/a/b/resolve/v1/x.json",
    "https://mirror.org/hf/a/b/resolve/v1/x.json",
    "https://mirror.org/models/a/b/x.json",
  ]);
  assertEquals(seen.size, settings.length);
});

Deno.test("hubPlace() refuses settings that lead nowhere", () => {
  for (const remoteHost of ["", "mirror.org", "file:///tmp/", "https://u:p@mirror.org/"]) {
    withEnv({ remoteHost }, () => {
      assertThrows(() => hubPlace("a/b", "main"), RangeError, "env.remoteHost");
    });
  }
  withEnv({ remotePathTemplate: "models/" }, () => {
    assertThrows(() => hubPlace("a/b", "main"), RangeError, "{model}");
  });
});

Deno.test("urlPlace() takes http and https, and nothing that is not a folder's", () => {
  assertEquals(urlPlace("http://a.org").url("x", "").href, "http://a.org/x");
  assertEquals(urlPlace("https://a.org/b/").name, "https://a.org/b");
  assertNotEquals(urlPlace("https://a.org/b/").key, urlPlace("https://a.org/c/").key);
  // Else who listens on a plain connection could put files into the other's cache.
  assertNotEquals(urlPlace("https://a.org/b/").key, urlPlace("http://a.org/b/").key);
  for (
    const url of [
      "ftp://a.org/",
      "file:///a",
      "https://a.org/?q",
      "https://a.org/#f",
      "http://u@a/",
    ]
  ) assertThrows(() => urlPlace(url), RangeError, "http(s)://host/path");
});

Deno.test("pathPart() leaves no sign that a system gives a meaning", () => {
  const all = String.fromCharCode(...Array.from({ length: 126 }, (_, i) => i + 1));
  assert(/^[\w.%-]+$/.test(pathPart(all)));
  assertNotEquals(pathPart("a/b"), pathPart("a%2Fb"));
});
