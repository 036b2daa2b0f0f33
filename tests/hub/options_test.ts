import { assertEquals, assertThrows } from "@std/assert";
import { checkHubOptions, type HubOptions } from "../../hub/options.ts";

Deno.test("checkHubOptions() accepts valid options, and ignores others", () => {
  checkHubOptions({});
  const options: HubOptions = { revision: "v1", cache_dir: "x", token: "hf_x" };
  checkHubOptions({ ...options, local_files_only: false, progress_callback: () => {} });
  checkHubOptions({ signal: new AbortController().signal });
  checkHubOptions({ device: "cpu" } as HubOptions);
});

Deno.test("checkHubOptions() leaves out what is null", () => {
  const options = { revision: null, cache_dir: null, token: "hf_x", signal: null };
  assertEquals(checkHubOptions(options as unknown as HubOptions), { token: "hf_x" });
});

Deno.test("checkHubOptions() throws on wrong types and empty strings", () => {
  for (
    const [name, value] of Object.entries({
      revision: 1,
      cache_dir: true,
      local_files_only: "yes",
      token: {},
      progress_callback: "x",
      signal: true,
    })
  ) assertThrows(() => checkHubOptions({ [name]: value }), TypeError, name);
  const signal = {} as AbortSignal;
  assertThrows(() => checkHubOptions({ signal }), RangeError, "wanted an AbortSignal");
  for (const name of ["revision", "cache_dir", "token"]) {
    assertThrows(() => checkHubOptions({ [name]: "" }), RangeError, name);
  }
});

Deno.test("checkHubOptions() keeps a bad token out of its message", () => {
  for (const token of ["hf_secret\r\nX: y", "hf secret", "hf_sécret"]) {
    const error = assertThrows(() => checkHubOptions({ token }), RangeError, "visible ASCII");
    assertThrows(() => checkHubOptions({ token }), RangeError);
    if (error.message.includes("cret")) throw new Error("the token is shown");
  }
});
