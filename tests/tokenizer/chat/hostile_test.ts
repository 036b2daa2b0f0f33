import { assert, assertEquals, assertThrows } from "@std/assert";
import { renderChat } from "../../../tokenizer/chat/render_chat.ts";
import { HOSTILE } from "./hostile_templates.ts";

const messages = [{ role: "user", content: "x" }];

for (const [name, template] of Object.entries(HOSTILE)) {
  Deno.test(`a hostile template ends with an error: ${name}`, () => {
    const error = assertThrows(() => renderChat(template, { messages }), Error, "hat template");
    assert(error instanceof RangeError || error instanceof SyntaxError, error.name);
    assert(error.message.length < 400);
  });
}

Deno.test("templates leave prototypes and what they are given alone", () => {
  const template =
    "{% set ns = namespace() %}{% set ns.__proto__ = 'y' %}{% set x = {'__proto__': 'z'} %}" +
    "{{ ns.__proto__ }}{{ x['__proto__'] }}{{ messages[0].__proto__ is defined }}" +
    "{{ messages[0].constructor is defined }}{{ toString is defined }}";
  const given = JSON.stringify(messages);
  assertEquals(renderChat(template, { messages }), "yzFalseFalseFalse");
  assertEquals(JSON.stringify(messages), given);
  assertEquals(({} as Record<string, unknown>).y, undefined);
});

Deno.test("a long conversation and a long document pass", () => {
  const template = "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + " +
    "message['content'] | trim + '<|im_end|>' + '\n' }}{% endfor %}";
  const turns = Array.from({ length: 10_000 }, (_, i) => ({ role: "user", content: `turn ${i}` }));
  assertEquals(renderChat(template, { messages: turns }).match(/turn/g)?.length, 10_000);
  const document = "The river ran past the old house. ".repeat(30_000);
  const text = renderChat(template, { messages: [{ role: "user", content: document }] });
  assertEquals(text, `<|im_start|>user\n${document.trim()}<|im_end|>\n`);
});

Deno.test("what a template is given must be plain data", () => {
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  const others = [new Date(0), new Map(), [new Set()], new Uint8Array(2), /x/];
  for (const wrong of [() => 1, 1n, Symbol("x"), circle, [[[circle]]], ...others]) {
    assertThrows(
      () => renderChat("{{ x }}", { x: wrong }),
      TypeError,
      "Cannot apply a chat template to x",
    );
  }
  class Message {
    content = "a";
  }
  const nothing = Object.assign(Object.create(null), { content: null });
  const plain = { messages: [new Message(), nothing, { content: undefined }] };
  const template = "{% for m in messages %}{{ m.content }};{% endfor %}";
  assertEquals(renderChat(template, plain), "a;None;;");
});
