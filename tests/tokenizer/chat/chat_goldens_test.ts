import { assert, assertEquals, assertThrows } from "@std/assert";
import { applyChatTemplate } from "../../../tokenizer/chat/apply_chat_template.ts";
import type { ChatMessage } from "../../../tokenizer/mod.ts";

interface Case {
  readonly template: string;
  readonly conversation: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly text?: string;
  readonly error?: string;
}

interface Goldens {
  readonly special: Readonly<Record<string, string>>;
  readonly tools: readonly object[];
  readonly conversations: Readonly<Record<string, readonly ChatMessage[]>>;
  readonly templates: Readonly<Record<string, string>>;
  readonly cases: readonly Case[];
}

const goldens: Goldens = JSON.parse(
  await Deno.readTextFile(new URL("../../golden/chat.json", import.meta.url)),
);

/** The time of the goldens. */
const now = () => new Date(2026, 2, 7, 9, 5, 2);

for (const [name, template] of Object.entries(goldens.templates)) {
  Deno.test(`the template ${name} writes what it writes in Python`, () => {
    const cases = goldens.cases.filter((given) => given.template === name);
    assert(cases.some(({ text }) => text !== undefined));
    for (const { conversation, options, text, error } of cases) {
      const { tools, ...others } = options;
      const apply = () =>
        applyChatTemplate(goldens.conversations[conversation], template, goldens.special, {
          ...others,
          ...(tools === true && { tools: goldens.tools }),
        }, now);
      if (error === undefined) assertEquals(apply(), text, conversation);
      else assertThrows(apply, Error, "chat template", conversation);
    }
  });
}
