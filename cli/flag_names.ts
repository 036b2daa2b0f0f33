/**
 * Names of the API's options in messages, as flags.
 *
 * @module
 */
import { type Options, toFlag } from "./arguments.ts";
import { LSG_OPTIONS } from "./lsg_options.ts";

/**
 * Replaces the names of options in a message of the library by the flags of a command.
 *
 * @param message The message.
 * @param options The command's options.
 * @param isUsage Whether the message is about arguments. In others the LSG parameters are keys of a
 * config, and a single word such as `seed` is a word.
 * @returns The message; a name that is part of a path or a longer name is kept.
 */
export function nameFlags(message: string, options: Options, isUsage: boolean): string {
  const names = Object.keys(options);
  const replaced = names
    .filter((name) => name.includes("_") && (isUsage || !Object.hasOwn(LSG_OPTIONS, name)))
    .sort((a, b) => b.length - a.length)
    .reduce(
      (text, name) =>
        text
          .replaceAll(new RegExp(`\\blsg: \\{ ${name} \\}`, "g"), toFlag(name))
          .replaceAll(
            new RegExp(`(?<![\\w./\\\\"-])${name}(?![\\w"-]|[./\\\\]\\w)`, "g"),
            toFlag(name),
          ),
      message,
    );
  return names.filter((name) => !name.includes("_")).reduce(
    (text, name) => {
      const flag = toFlag(name);
      const named = text
        .replaceAll(new RegExp(`\\b(?:the )?option ${name}\\b`, "g"), flag)
        .replaceAll(new RegExp(`(?<![\\w-])${name}: true\\b`, "g"), flag);
      if (!isUsage) return named;
      return named.replaceAll(
        new RegExp(`(?<![\\w-]|Unknown )(?:the )?${name}(?= (?:-?\\d|NaN|Infinity|"))`, "g"),
        flag,
      );
    },
    replaced,
  );
}
