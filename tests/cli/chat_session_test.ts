import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { ChatSession } from "../../cli/chat_session.ts";
import { CpuBackend } from "../../cpu/mod.ts";
import { TextStreamer } from "../../generation/mod.ts";
import type { SelfExtendOption } from "../../models/self_extend.ts";
import { pipeline } from "../../pipelines/mod.ts";
import type { PreTrainedTokenizer } from "../../tokenizer/mod.ts";
import { taskModel } from "./model_memory_io.ts";
import "../helpers/quiet_reference.ts";

/** A template that writes the texts alone. */
const TEXTS = "{% for m in messages %}{{ m.content }}{% endfor %}";

async function withSession(
  body: (
    session: ChatSession,
    say: (text: string, signal?: AbortSignal) => Promise<string>,
    tokenizer: PreTrainedTokenizer,
  ) => Promise<void>,
  { selfExtend, tokens = 6, template, only }: {
    selfExtend?: SelfExtendOption;
    tokens?: number;
    template?: string;
    /** The only tokens that may be written. */
    only?: readonly string[];
  } = {},
) {
  using backend = new CpuBackend();
  {
    using loaded = await pipeline("text-generation", taskModel("llama_chat"), { device: backend });
    const { tokenizer, model } = loaded;
    const ids = Array.from({ length: model.config.vocab_size }, (_, id) => id);
    const settings = {
      ...{ max_new_tokens: tokens, num_beams: 1 },
      ...(only && {
        suppress_tokens: ids.filter((id) => !only.includes(tokenizer.convert_ids_to_tokens(id))),
      }),
    };
    const before = backend.memory();
    {
      using session = new ChatSession({
        tokenizer,
        model,
        settings,
        selfExtend,
        chatTemplate: template,
      });
      await body(session, async (text, signal) => {
        let written = "";
        const streamer = new TextStreamer(tokenizer, {
          skip_prompt: true,
          callback_function: (piece) => void (written += piece),
        });
        await session.say(text, streamer, () => written, signal);
        return written;
      }, tokenizer);
    }
    assertEquals(backend.memory(), before);
  }
}

Deno.test("a turn reads only what is new, as long as its ids extend those before", () =>
  withSession(async (session, say, tokenizer) => {
    const answer = await say("The river ran");
    // Else the answer's ids would not be those of its text.
    assertMatch(answer, /^[qz]{6}$/);
    const first = session.read;
    await say(" past");
    const { length } = tokenizer.encode(" past");
    // The last id of an answer has not been run.
    assertEquals(session.read, 1 + length);
    session.reset();
    await say("The river ran");
    assertEquals(session.read, first);
    assertEquals(session.messages.length, 2);
  }, { template: TEXTS, only: ["q", "z"] }));

Deno.test("an answer that is stopped is kept, and the conversation goes on", () =>
  withSession(async (session, say) => {
    const controller = new AbortController();
    controller.abort();
    const answer = await say("Why?", controller.signal);
    const { content } = session.messages[1];
    assertEquals(content, answer);
    const whole = await say("Who left Bath?");
    assert(whole.length > answer.length);
    assertEquals(session.messages.length, 4);
  }, { tokens: 12 }));

Deno.test("a message that the template refuses is forgotten", () =>
  withSession(async (session, say) => {
    await say("a");
    await assertRejects(() => say("no"), RangeError, "refuses");
    assertEquals(session.messages.map(({ role }) => role), ["user", "assistant"]);
    await say("b");
    assertEquals(session.messages.length, 4);
  }, {
    template: "{% for m in messages %}{% if m.content == 'no' %}{{ raise_exception('no') }}" +
      "{% endif %}{{ m.content }}{% endfor %}",
  }));

Deno.test("auto Self-Extend is chosen anew when a conversation has outgrown it", () =>
  withSession(async (session, say) => {
    const reads: number[] = [];
    for (let turn = 0; turn < 14; turn++) {
      await say(" past the old house");
      reads.push(session.read);
    }
    const [first] = reads;
    const anew = reads.flatMap((read, turn) => read > first + 1 ? [turn] : []);
    // Once beyond the 128 trained positions; all other turns read what is new.
    assertEquals(anew, [7], reads.join(" "));
  }, { selfExtend: "auto", template: TEXTS, only: ["q", "z"] }));
