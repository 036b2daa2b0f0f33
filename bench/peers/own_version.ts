import manifest from "../../deno.json" with { type: "json" };

/** Name and version of this library. */
export const ownVersion: string = `${manifest.name} ${manifest.version}`;
