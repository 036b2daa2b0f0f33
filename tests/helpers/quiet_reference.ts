/** Gives the warning about `device: "cpu"` unseen, for tests that mean the reference. */
import { warnOnce } from "../../base/warn_once.ts";
import { REFERENCE_WARNING } from "../../models/settings.ts";
import { warningsOf } from "./warnings_of.ts";

await warningsOf(() => warnOnce(REFERENCE_WARNING));
