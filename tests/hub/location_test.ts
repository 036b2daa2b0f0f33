import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import {
  encodePathComponent,
  isRepositoryName,
  locateRepository,
  locateUrl,
} from "../../hub/location.ts";
import { withEnv } from "./with_env.ts";

Deno.test("isRepositoryName() accepts names of the hub", () => {
  for (const name of ["roberta-base", "ccdv/lsg-bart-base-4096", "a/b", "A1/x_y.z", "0/1"]) {
    assert(isRepositoryName(name), name);
  }
});

Deno.test("isRepositoryName() rejects names that could escape", () => {
  const malformed = [
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
  for (const name of malformed) {
    assertEquals(isRepositoryName(name), false, JSON.stringify(name));
    assertThrows(() => locateRepository(name, "main"), RangeError, "owner/name");
  }
});

Deno.test("locateRepository() fills in the template and encodes the revision", () => {
  const location = locateRepository("owner/name", "refs/pr/1");
  const { href } = location.url("config.json", "refs/pr/1");
  assertEquals(href, "https://huggingface.co/owner/name/resolve/refs%2Fpr%2F1/config.json");
  assertEquals(location.key, "huggingface.co/owner--name");
});

Deno.test("locateRepository() throws on malformed revisions", () => {
  for (const revision of ["..", "a/../b", "/a", "a/", "a//b", "a b", "-a", "", "a\n", "a@{1}"]) {
    assertThrows(
      () => locateRepository("a/b", revision),
      RangeError,
      "a branch, a tag or a commit",
    );
  }
});

Deno.test("locateRepository() uses the mirror in env, each with its own cache folder", () => {
  const keys = new Set<string>();
  const settings = [
    ["https://mirror.org", "{model}/resolve/{revision}/"],
    ["https://mirror.org:8080/", "{model}/resolve/{revision}/"],
    ["http://mirror.org/", "{model}/resolve/{revision}/"],
    ["https://mirror.org/hf", "{model}/resolve/{revision}/"],
    ["https://mirror.org/", "/models/{model}"],
  ];
  const hrefs = settings.map(([remoteHost, remotePathTemplate]) =>
    withEnv({ remoteHost, remotePathTemplate }, () => {
      const revision = remotePathTemplate.includes("{revision}") ? "v1" : "main";
      const location = locateRepository("a/b", revision);
      keys.add(location.key);
      return location.url("x.json", "v1").href;
    })
  );
  assertEquals(hrefs, [
    "https://mirror.org/a/b/resolve/v1/x.json",
    "https://mirror.org:8080/a/b/resolve/v1/x.json",
    "http://mirror.org/a/b/resolve/v1/x.json",
    "https://mirror.org/hf/a/b/resolve/v1/x.json",
    "https://mirror.org/models/a/b/x.json",
  ]);
  assertEquals(keys.size, settings.length);
});

Deno.test("locateRepository() refuses a template without a place for what is asked", () => {
  const templates = [["models/", "main", "{model}"], ["{model}/", "v1", "{revision}"]];
  for (const [remotePathTemplate, revision, part] of templates) {
    withEnv({ remotePathTemplate }, () => {
      const locate = () => locateRepository("a/b", revision);
      assertThrows(
        locate,
        RangeError,
        `remotePathTemplate "${remotePathTemplate}": wanted ${part}`,
      );
    });
  }
});

Deno.test("locateRepository() throws on malformed settings", () => {
  for (const remoteHost of ["", "mirror.org", "file:///tmp/", "https://u:p@mirror.org/"]) {
    withEnv({ remoteHost }, () => {
      assertThrows(() => locateRepository("a/b", "main"), RangeError, "env.remoteHost");
    });
  }
  withEnv({ remotePathTemplate: "models/" }, () => {
    assertThrows(() => locateRepository("a/b", "main"), RangeError, "{model}");
  });
});

Deno.test("locateUrl() accepts http and https URLs of folders only", () => {
  assertEquals(locateUrl("http://a.org").url("x", "").href, "http://a.org/x");
  assertEquals(locateUrl("https://a.org/b/").name, "https://a.org/b");
  assertNotEquals(locateUrl("https://a.org/b/").key, locateUrl("https://a.org/c/").key);
  // Otherwise an attacker on a plain connection could plant files in the cache of the other.
  assertNotEquals(locateUrl("https://a.org/b/").key, locateUrl("http://a.org/b/").key);
  for (
    const url of [
      "ftp://a.org/",
      "file:///a",
      "https://a.org/?q",
      "https://a.org/#f",
      "http://u@a/",
    ]
  ) assertThrows(() => locateUrl(url), RangeError, "http(s)://host/path");
});

Deno.test("encodePathComponent() leaves no character that is special on some system", () => {
  const all = String.fromCharCode(...Array.from({ length: 126 }, (_, i) => i + 1));
  assert(/^[\w.%-]+$/.test(encodePathComponent(all)));
  assertNotEquals(encodePathComponent("a/b"), encodePathComponent("a%2Fb"));
});
