import manifest from "../../deno.json" with { type: "json" };

/** This library and its version. */
export const ownVersion: string = `${manifest.name} ${manifest.version}`;
