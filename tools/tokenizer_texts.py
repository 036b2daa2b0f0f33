"""Texts that are hard to tokenize, and how their goldens are written."""

import hashlib
import json
import random
from pathlib import Path

TOKENIZERS = Path(__file__).parents[1] / "tests" / "golden" / "tokenizer"
FAMILY = "\U0001F468\u200D\U0001F469\u200D\U0001F467\u200D\U0001F466"  # joined by ZWJ


def foreign_lines():
    """Random words of other scripts: so some merges end inside a character, and some across two."""
    draw = random.Random(0)
    ranges = [(0x1F600, 0x1F640), (0x430, 0x450), (0x4E00, 0x4E80), (0x627, 0x64B), (0xE0, 0xFF)]
    for _ in range(600):
        low, high = draw.choice(ranges)
        yield " " + "".join(chr(draw.randrange(low, high)) for _ in range(draw.randrange(1, 9)))


HOSTILE = [
    "",
    " ",
    "  ",
    "   \t \n ",
    "Hello world",
    " Hello world",
    "Hello world ",
    "  Hello   world  ",
    "Tabs\tand\nlines\r\nand\r\r\n\n\n ends\n",
    "don't I'll they've he'd she's we're I'm DON'T 'tis ''s 's",
    "It is 3.14159, 1,000,000 or 1e-9; \u0663\u0664 \u00BD \u2167 \u2075",
    "caf\u00E9 cafe\u0301 a\u0300\u0301\u0302b \u0301 \u0301lone",
    "\u4F60\u597D\uFF0C\u4E16\u754C\u3002 \u65E5\u672C\u8A9E\u3068\u3000\uD55C\uAD6D\uC5B4",
    "\u0645\u0631\u062D\u0628\u0627 \u0628\u0627\u0644\u0639\u0627\u0644\u0645\u060C \u200Fabc\u200E \u05E9\u05DC\u05D5\u05DD",
    "\u0928\u092E\u0938\u094D\u0924\u0947 \u0E2A\u0E27\u0E31\u0E2A\u0E14\u0E35",
    "\U0001F600",
    " \U0001F600",
    "\U0001F600\U0001F601\U0001F602 x\U0001F600y",
    FAMILY + " and " + FAMILY,
    "\U0001F44D\U0001F3FD \u2764\uFE0F \U0001F1E9\U0001F1EA 1\uFE0F\u20E3",
    "\U00010330\U00010331 \U0001D49C\U0001D4B7 \U00020000\U0002A6DF",
    "a\u200Db\u200Cc\u200Bd\u00ADe\u2060f",
    "nul\x00byte \x00 \x01\x02\x1F\x7F\x80\x9F",
    "\x85next\x85line \x85 \x85x",
    "no\u00A0break\u00A0\u00A0space \u00A0 \u2003em \u2028line\u2029para \u202F\u205F\u1680\u180E",
    "\uFEFFbom in\uFEFFside \uFEFF end\uFEFF",
    "\uFEFF",
    "\uFEFF \uFEFF  \uFEFF",
    "\uFFFD \uFFFD\uFFFD x\uFFFDy \uFFFE \uFFFF \U0010FFFF \uE000",
    "\x0B\x0C vt ff \x1C\x1D\x1E\x1F x",
    "<mask>",
    " <mask> ",
    "a<mask>b",
    "a <mask> b",
    "a  \t\n<mask>  \n b<mask><mask> <mask>",
    "\u00A0\u3000<mask>\u00A0x \x85<mask> \uFEFF<mask> \u200B<mask>",
    "\U0001F600 <mask>\U0001F600",
    "</s>",
    "a</s>b </s> </s><s><pad> <unk>x",
    "<s>a</s></s>b</s>",
    "<MASK> <mask <<mask>> mask>",
    "\u0120\u010A \u00C4\u0142 \u2581",
    "A" * 300,
    "antidisestablishmentarianism" * 12,
    "!?" * 40 + " ... ---- ____ ====",
    "http://example.org/?a=b&c=d#e <a href=\"x\">y</a>",
    "\"Quotes\" \u2018single\u2019 \u201Cdouble\u201D \u2014 dash \u2026",
    "  leading\u00A0 \t<mask>\t trailing  ",
    "\uAC00\u1100\u1161\u11A8 \u212B\u00C5A\u030A \uFB01 \u0130\u0131\u00DF\u1E9E",
    "mixed\u0441\u043A\u0440\u0438\u043F\u0442\u4E2D\u6587abc\u0627\u0628\U0001F600123",
    "__proto__ constructor toString",
    "new<new>new <NEW> a new b renew [sep] [ sep ] x  [rs]  y  [both]  z na\u00EFve_tok \u00E9new",
    "[rs]  [both]  [both]<mask> [rs] ",
]

MORE = [
    "\u0130stanbul \u0131\u015F\u0131k STRA\u00DFE \u1E9E \uFB01ne \uFB02ow \uFB03 o\uFB04",
    "\uFF28\uFF45\uFF4C\uFF4C\uFF4F \uFF11\uFF12\uFF13 \uFF01 \u2460 \u32FF \u3392 \u00BD \u2122",
    "A\u0328\u0301 a\u0301\u0323 q\u0307\u0323 \u1E69 s\u0307\u0323 \u0344 \u1100\u1161\u11A8\u11A9",
    "\u03A3\u03AF\u03C3\u03C5\u03C6\u03BF\u03C2 \u03A3\u03A3 \u1FB3 \u1F80 \u01C5 \u01F0",
    "\U00020000\u4E2Da\u56FD1\U0002F800\uF900\u3007\u3400\uAC00\u3042\u30AB\u3099",
    "\u0E01\u0E33\u0E44\u0E17\u0E22 \u0E17\u0E35\u0E48 \u0E40\u0E01\u0E48\u0E32",
    "a" * 100 + " " + "a" * 101 + " " + "\U0001F600" * 101 + " " + "\u00E9" * 100,
    "\r\n a\r\nb\r c \n\r \u000B \u0085 \u2028\u2029 \t\t",
    "\x00 a\x00b \x7F\x80\x9F \u00AD \uFFF9\uFFFB \uE000 \U000F0000 \u200B\u200E\u202E\u2066",
    "$100 +1 a^b `c` <d> ~e |f| =g \u20AC5 \u00A9 \u2603 \u2192 \u00A7 \u00B6 \u2044",
    "[MASK] a[MASK]b  [MASK]  [CLS][SEP] [PAD] [UNK] [mask] [ MASK ] [MASK]\u3000[MASK]",
    "\u2581a \u2581\u2581b\u2581 \u2581",
    "unaffable ##ing ##a # # ## i do not can 't we 've",
    "``quoted'' ''x`` ` ' '' ```",
    "<\u0301mask> \uFF1Cmask\uFF1E <s\u200B> \u3008s\u3009",
    "zz" * 60 + "\U0001F600" + "zz" * 60,
    "\u0301a \u0301\u0301 \u20E3 \uFE0F\uFE0F \u0300",
    "\x01abc \x01\x02d e\x01 \x0E",
    "a\u0AFC b\u0D00 c\u08CA\u08D4 d\u1DF6\u0301 e\u0323\u0301\u0A76 f\u2E43g \u166D \u1734 \U0001E01Ch \uA7F2 \u061D \U000105C9",
]

ADDED_TEXTS = [
    "new renew new. NEW a new_b \u4E2Dnew \u0301new new\u0301",
    "naive tok NA\u00CFVE TOK na\u00EFve  tok Na\u00EFve Tok nai\u0308ve tok",
    "a [rs]  b [RS] [both]  c [BOTH][Both] \u4E2D\u6587 \u4E2D \u6587x\u4E2D\u6587",
    "word W\u00F6rd words w\u00F6rd. \u00E9word word\U00010330 \U00010330word",
]


def fuzz(count):
    """Random texts of letters, marks, signs and spaces of many scripts, all older than Unicode 8."""
    draw = random.Random(1)
    pools = ["aeiouyst AEIT ", " \t\n\u00A0\u3000\u200B\u200D\u00AD\r", "\u0301\u0323\u0327\u0308\u0338\u0345",
             "\u00E9\u00DF\u0130\u01C4\u1E69\uFB01\uFF21\u2126\u212B\u1E9B", ".,!?-'\"()[]<>/\\`", "0123\u0664\u00BD\u2167",
             "\u4E2D\u6587\U00020000\u3042\u30AB\u3099\uAC01\u1100\u1161\u11A8", "\u0627\u0644\u0651\u05D0\u05B7\u0E01\u0E33\u0928\u093F\u094D",
             "\U0001F468\u200D\U0001F469\uFE0F\U0001F3FD\U0001F1E9\U0001F1EA", "\u2581\uFFFD\uFEFF\x01\x7F"]
    for _ in range(count):
        yield "".join(draw.choice(draw.choice(pools)) for _ in range(draw.randrange(1, 40)))


def utf16(text, code_point):
    return len(text[:code_point].encode("utf-16-le")) // 2


def write(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=True, separators=(",", ":")) + "\n")


def digest(value):
    return hashlib.sha256(json.dumps(value, separators=(",", ":")).encode()).hexdigest()
