import { assertEquals, assertThrows } from "@std/assert";
import { renderChat } from "../../../tokenizer/chat/render_chat.ts";

/** Templates, and what Python's Jinja makes of them with `v`. */
const PRINTED: readonly (readonly [string, string])[] = [
  ["{{ true }} {{ none }} {{ 1.0 }} {{ nobody }}|", "True None 1.0 |"],
  ["{{ v }}", `{'a': [1, "it's", 'x\\n', None, False], 'b': {}}`],
  ["{{ v.a | string }} {{ ('é', 1) }}", `[1, "it's", 'x\\n', None, False] ('é', 1)`],
  [
    "{{ '\xa0\x00\u{1f600}\\\\' ~ ['\xa0\x00\u{1f600}\\\\\"'] }}",
    "\xa0\x00😀\\['\\xa0\\x00😀\\\\\"']",
  ],
  [
    "{{ v.a == [1, \"it's\", 'x\n', none, false] }} {{ 1 == '1' }} {{ '' == false }}",
    "True False False",
  ],
  [
    "{{ none == nobody }} {{ 1 == true }} {{ [1] in [[1.0]] }} {{ 'a' not in ['b'] }}",
    "False True True True",
  ],
  ["{{ {'a': [1]} == {'a': [1]} }} {{ {'a': 1} == {'b': 1} }}", "True False"],
  ["{% for c in 'aé' %}{{ c }},{% endfor %}{% for k in v %}{{ k }}{% endfor %}", "a,é,ab"],
  [
    "{% for x in nobody %}{% else %}none{% endfor %}{{ nobody | length }}{{ nobody | upper }}",
    "none0",
  ],
  [
    "{% for x in range(6) if x % 2 %}{{ loop.index }}/{{ loop.length }}:{{ x }} {% endfor %}",
    "1/3:1 2/3:3 3/3:5 ",
  ],
  [
    "{% for x in range(5) %}{{ x }}{% if x == 1 %}-{% continue %}{% endif %}{% if x == 3 %}!{% break %}{% endif %},{% endfor %}",
    "0,1-2,3!",
  ],
  ["{% set y = 0 %}{% for x in range(3) %}{% set y = y + 1 %}{{ y }}{% endfor %}{{ y }}", "1110"],
  ["{% for k, x in v.items() %}{{ k }}{% endfor %}{{ range(5, 0, -2) | list }}", "ab[5, 3, 1]"],
  [
    "{{ 'a-b-c'.split('-') | join('+') }} {{ 'aXbX' | replace('X', 'yy') }} {{ 'x'.replace('', '-') }}",
    "a+b+c ayybyy -x-",
  ],
  ["{{ [3, 1, 2] | sort | first }}{{ 'ab' | upper }}{{ 7 | trim }}{{ ' x ' | trim }}", "1AB7x"],
  [
    "{{ v | tojson }} {{ [1] | tojson(indent=2) }}",
    '{"a": [1, "it\'s", "x\\n", null, false], "b": {}} [\n  1\n]',
  ],
  ["{% filter upper %}a{{ 'b' }}{% endfilter %}{% set z %}q{{ 1 }}{% endset %}{{ z }}", "ABq1"],
  [
    "{% macro m(a, b=2) %}{{ a }}{{ b }}{{ caller() if caller is defined }}{% endmacro %}{{ m(1) }}{{ m(1, b=3) }}{% call m(5) %}!{% endcall %}",
    "121352!",
  ],
  ["{%- if v -%}  a\r\n{%- endif %}\r\nb", "ab"],
  // Jinja2 3.1 of Python.
  [
    "[{{ '\n a \n'.strip('\n') }}{{ '\n b'.lstrip('\n') }}{{ 'xyax'.rstrip('x') }}{{ ' c '.strip(none) }}]",
    "[ a  bxyac]",
  ],
  [
    "{{ '\ufeffa\x85'.strip() | tojson }}{{ '\x1c\ufeffa ' | trim | length }}{{ '-a-' | trim('-') }}",
    '"\ufeffa"2a',
  ],
  ["{{ '😀a' | length }}{{ 'a😀b'[1] }}{{ 'a😀b'[-1] }}{{ 'a'[2] is defined }}", "2😀bFalse"],
  [
    `{{ 'aBC'.capitalize() }} {{ "ÉTÉ 2nd o'neil_x".title() }} {{ "éTÉ o'neil_x (aB)" | title }} {{ 'ßA' | capitalize }}`,
    "Abc Été 2Nd O'Neil_X Été O'neil_x (Ab) Ssa",
  ],
  [
    "{{ v.a | join('|') }} {{ [true, 1.0] | join }} {{ 'ab' | join('-') }}",
    "1|it's|x\n|None|False True1.0 a-b",
  ],
  [
    "{{ -7 % 3 }} {{ 7 % -3 }} {{ -5.5 % 2 }} {{ 6 % -3 }} {{ (-5.9) | int }} {{ 5.9 | int(0) }}",
    "2 -2 0.5 0 -5 5",
  ],
  [
    "{{ v is iterable }} {{ v is not iterable }} {{ true is number }} {{ namespace(a=1) is iterable }} {{ 1 is iterable }}",
    "True False True False False",
  ],
  ["{{ 'abc'[::-1] }}{{ 'abc'[1:] }}{{ v.a[-1] }}{{ v.a[:2] }}", 'cbabcFalse[1, "it\'s"]'],
];

for (const [template, wanted] of PRINTED) {
  Deno.test(`as in Python: ${template}`, () => {
    const v = { a: [1, "it's", "x\n", null, false], b: {} };
    assertEquals(renderChat(template, { v }), wanted);
  });
}

Deno.test("times are English, whatever the reader's language", () => {
  const now = () => new Date(2026, 2, 7, 15, 5, 2);
  const template = "{{ strftime_now('%A %a %d %B %b %Y %y %m %H:%M:%S %I %p 100%%') }}";
  assertEquals(
    renderChat(template, {}, now),
    "Saturday Sat 07 March Mar 2026 26 03 15:05:02 03 PM 100%",
  );
});

Deno.test("what the engine would ignore is refused", () => {
  for (
    const template of [
      "{{ [v] | join(',', attribute='a') }}",
      "{{ [v] | join(',', 'a') }}",
      "{{ nobody | default(default_value='x') }}",
      "{{ '1f' | int(0, 16) }}",
      "{{ v | tojson(4) }}",
      "{{ [v] | selectattr('a.b') | list }}",
      "{{ [v] | rejectattr('a', 'undefined') | list }}",
    ]
  ) {
    assertThrows(() => renderChat(template, { v: { a: 1 } }), Error, "not supported", template);
  }
  const unknown = () => renderChat("{{ 'a' | toString(b=1) }}", {});
  assertThrows(unknown, SyntaxError, "Unknown StringValue filter: toString");
  // Errors of Python, too.
  for (const template of ["{{ 1 % 0 }}", "{{ 1 // 0 }}", "{{ 1 / 0 }}", "{{ 'a'.strip(1) }}"]) {
    assertThrows(() => renderChat(template, {}), Error, "Cannot apply", template);
  }
});

Deno.test("a template may look at a long text character by character", () => {
  const template = "{% for i in range(v | length) %}{{ v[i] }}{% endfor %}";
  for (const v of ["abcdefgh ".repeat(2000), "abcdefgh😀".repeat(2000)]) {
    assertEquals(renderChat(template, { v }), v);
  }
});

Deno.test("errors say what was wrong", () => {
  assertThrows(() => renderChat("{{ 'a' + 1 }}", {}), SyntaxError, "cannot be added");
  assertThrows(
    () => renderChat("{{ raise_exception('Only \\n roles') }}", {}),
    RangeError,
    "refuses the conversation: Only \\u000a roles",
  );
  assertThrows(() => renderChat("{% if %}", {}), SyntaxError, "Cannot apply the chat template: ");
  assertThrows(() => renderChat("{% for x in y %}", {}), SyntaxError, "ends in the middle");
});
