/** Templates that would take all time or memory, or reach outside; each ends with an error, soon. */

const doubled = "{% set ns = namespace(x='a') %}{% for i in range(60) %}";

/** What each does, by name. */
export const HOSTILE: Readonly<Record<string, string>> = {
  "a long range": "{% for i in range(10 ** 9) %}x{% endfor %}",
  "nested loops": "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}",
  "nested loops that filter": "{% for a in range(9999) %}" +
    "{% for b in range(9999) if b < 0 %}{% endfor %}{% endfor %}",
  "a macro that calls itself": "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
  "macros that call each other twice": "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}" +
    "{% endif %}{% endmacro %}{{ f(60) }}",
  "a macro made again and again": `{% for i in range(99999) %}{% macro f() %}${
    "{{ a }}".repeat(2000)
  }{% endmacro %}{% endfor %}`,
  "a text doubled by +": `${doubled}{% set ns.x = ns.x + ns.x %}{% endfor %}{{ ns.x }}`,
  "a text doubled by ~": `${doubled}{% set ns.x = ns.x ~ ns.x %}{% endfor %}{{ ns.x }}`,
  "a text doubled by a block":
    `${doubled}{% set y %}{{ ns.x }}{{ ns.x }}{% endset %}{% set ns.x = y %}{% endfor %}`,
  "a text doubled by replace":
    `${doubled}{% set ns.x = ns.x.replace('a', 'aa') %}{% endfor %}{{ ns.x }}`,
  "replace of nothing": `${doubled}{% set ns.x = ns.x | replace('', ns.x) %}{% endfor %}{{ ns.x }}`,
  "a list doubled": "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}" +
    "{% set ns.x = ns.x + ns.x %}{% endfor %}",
  "a tree of one list": "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}" +
    "{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x | tojson }}",
  "the same, printed": "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}" +
    "{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}",
  "the same, compared": "{% set ns = namespace(x=[1], y=[1]) %}{% for i in range(60) %}" +
    "{% set ns.x = [ns.x, ns.x] %}{% set ns.y = [ns.y, ns.y] %}{% endfor %}{{ ns.x == ns.y }}",
  "the same, with a text": "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}" +
    "{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x ~ '' }}",
  "the same, joined": "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}" +
    "{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x | join(',') }}",
  "what is in itself": "{% set ns = namespace() %}{% set ns.a = ns %}{% set ns.b = ns %}" +
    "{{ ns | tojson }}",
  "what is in itself, printed": "{% set ns = namespace() %}{% set ns.a = [ns, ns] %}{{ ns }}",
  "lists in lists in lists": "{% set ns = namespace(x=[]) %}{% for i in range(50000) %}" +
    "{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x == [] }}{{ ns.x }}",
  "a wide indent": "{{ '\n\n\n\n' | indent(10 ** 9, true, true) }}",
  "a wide indent of JSON": "{{ [[[1]]] | tojson(indent=10 ** 8) }}",
  "a long separator": "{% set s = '.' %}{% for i in range(20) %}{% set s = s ~ s %}{% endfor %}" +
    "{% set ns = namespace(s='.') %}{% for i in range(22) %}{% set ns.s = ns.s ~ ns.s %}" +
    "{% endfor %}{{ range(99999) | join(ns.s) }}",
  "a split into letters": "{% set ns = namespace(s='. ') %}{% for i in range(22) %}" +
    "{% set ns.s = ns.s ~ ns.s %}{% endfor %}{{ ns.s.split(' ') | length }}",
  "a method kept for later": "{% set ns = namespace(s='..') %}{% set f = ns.s.replace %}" +
    "{% for i in range(99999) %}{% set ns.s = f('', ns.s) %}{% set f = ns.s.replace %}{% endfor %}",
  "a search where all is alike": "{% set ns = namespace(s='a', t='a') %}{% for i in range(22) %}" +
    "{% set ns.s = ns.s ~ ns.s %}{% endfor %}{% for i in range(18) %}{% set ns.t = ns.t ~ ns.t %}" +
    "{% endfor %}{{ ('b' ~ ns.t) in ns.s }}",
  "sorting long texts": "{% set ns = namespace(s='a', l=[]) %}{% for i in range(16) %}" +
    "{% set ns.s = ns.s ~ ns.s %}{% endfor %}{% for i in range(2000) %}" +
    "{% set ns.l = ns.l + [ns.s] %}{% endfor %}{{ ns.l | sort | length }}",
  "unpacking": "{% macro f() %}{% endmacro %}{% for i in range(9999) %}" +
    "{{ f(*range(9999)) }}{% endfor %}",
  "slices": "{% set r = range(99999) %}{% for i in range(99999) %}{% set x = r[1:] %}{% endfor %}",
  "names that nobody has": "{% for i in range(99999) %}{% for j in range(99) %}{{ nobody }}" +
    "{% endfor %}{% endfor %}",
  "a power": "{{ 10 ** 10 ** 10 ** 10 }}",
  "a thousand brackets": `{{ ${"(".repeat(40_000)}1${")".repeat(40_000)} }}`,
  "a thousand ifs": "{% if 1 %}".repeat(9000) + "{% endif %}".repeat(9000),
  "a long sum": `{{ ${"1 + ".repeat(20_000)}1 }}`,
  "a long template": "x".repeat(100_001),
  "spaces in a row": `${" ".repeat(90_000)}x`,
  "no end": "{% for i in messages %}",
  "no end of a list": "{{ [1, 2",
  "no end of a comment": "{# ",
  "no end of a text": "{{ 'a",
  "no end of a block": "{% macro f( %}",
  "an unknown statement": "{% include 'file:///etc/passwd' %}",
  "an unknown filter": "{{ messages | pprint }}",
  "an unknown test": "{{ messages is divisibleby }}",
  "a constructor": "{{ ''.constructor.constructor('return 1')() }}",
  "a prototype": "{{ messages.__proto__.polluted }}",
  "Python's way out": "{{ ''.__class__.__mro__ }}",
  "a namespace's prototype": "{% set ns = namespace() %}{% set ns.__proto__ = messages %}" +
    "{{ ns.__proto__.length() }}{{ ns.constructor.x }}",
  "a function printed": "{{ raise_exception }}",
  "a function as JSON": "{{ range | tojson }}",
  "a refusal": "{{ raise_exception('No.') }}",
  "a time in one letter": "{{ strftime_now('%Q') }}",
};
