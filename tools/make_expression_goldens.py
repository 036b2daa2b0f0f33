"""Makes tests/golden/tokenizer/expressions.json: the matches of regular expressions, by hand and at
random, as the tokenizers package finds them; and the words of its pre-tokenizer UnicodeScripts and
the texts of its normalizer Nmt. Needs tokenizers 0.22.2."""

import json
import os
import random

import tokenizers
from tokenizers import Regex, normalizers, pre_tokenizers

rng = random.Random(5)
fixed=[r'^',r'$',r'^a',r'a$',r'\Aa',r'a\z',r'a\Z',r'\ba',r'a\b',r'\B',r'\b\w+\b',r'a++b',r'a*+a',r'a?+a',r'a{2}+',r'a{2,3}?',r'a{2}?',r'a{,2}',r'a{x',r'{2}',r'a{2',r'(?>a+)b',r'(?>a|ab)c',r'(?<=a)b',r'(?<!a)b',r'(?<=a|bb)c',r'(?<=ab?)c',r'(?=a)\w',r'(?!a)\w+',r'(?i)AB',r'a(?i)b|c',r'(?i:ab)c',r'(?x) a b # c',r'(?#x)a',r'(?<n>a)b',r'[]a]',r'[^]a]',r'a]',r'[a-]',r'[-a]',r'[a\-b]',r'[\w-a]',r'[a-\d]',r'[[a-c]x]',r'[a-c&&b-d]',r'[^a&&b]',r'\R',r'\x61',r'\x{62}',r'\u0061',r'\141',r'\t',r'\e',r'\-',r'\@',r'\"',r'\%',r'\_',r'\é',r'\/',r'a**',r'a+*',r'a?*',r'(a*)*',r'(a*)+b',r'(a|b*)*c',r'(?:a?){3}b',r'()*a',r'(?:)',r'|a',r'a|',r'a||b',r'(|a)+b',r'.',r'(?m:.)',r'(?m).+',r'\s+$',r'\s+(?!\S)',r'\s+',r'[\r\n]+',r'a.b',r'\p{^L}+',r'\P{L}+',r'\p{L}+',r'[\p{L}\p{N}]+',r'[^\p{L}]',r'[[:alpha:]]+',r'[[:^alpha:]]+',r'[^[:alpha:]]+',r'(?<=\s)a',r'(?<!\w)b+',r'(a)|b',r'\p{Han}+',r'\d{1,3}(?=(?:\d{3})*$)',r'a{0}b',r'a{0,0}',r'(?-i:a)',r'(?i-m:A)',r'\0',r'\d+|\D+',r'(?:\r?\n)+(?!\r?\n)',r'😀+',r'[😀é]',r'[a-é]+', r'\W+', r'[\W]+', r'[^\w\s]+', r'(?=a)*b', r'(?!a)+b', r'^*', r'\b+a', r'[a&&]', r'[&&a]', r'[a-c&&[^b]]+', r'\]', r'[\]]', r'[\[]', r'[[]', r'[a', r'(a', r'a)', r'*a', r'a|*', r'\p{Foo}', r'[b-a]', r'a{3,2}', r'\1', r'(a)\1', r'\k<n>', r'\G', r'\K', r'\X', r'(?<=a*)b', r'(?<=a{1,3})b', r'(?>\s+)x', r'\s++x', r'(?:ab|a)(?:bc|c)', r'(?i:É)', r'\H', r'[\b]', r'[\n]', r'[\x61-\x63]', r'[\u0061]', r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"]
# \K, \G, clusters of characters, swapped ranges, letters of two in upper case.
fixed+=[r'a{3,2}a',r'a{3,2}?b',r'(?:a{3,1})+',r'(?:ab|a{3,2}b?){2,1}+c?',r'[ab]{3,2}',r'a\Kb',r'(?:a\K)*b',r'(?:a\Kb|ac)',r'\s\K\w+',r'a\K|b',r'(?:a|\Kb)+c?',r'\Ga',r'\G.',r'a|\Gb',r'(?:\Ga|b)+',r'\w\G|a',r'(?=\G)\w|1',r'\G|a',r'\X+',r'\X{2}',r'\Xb?',r'\y',r'\ya',r'.\y',r'.\Y',r'.\Y.',r'a\y.',r'\N',r'\N+',r'\O{2}',r'(?i)ß',r'(?i:aß)',r'(?i)ﬁ']
def atom(d):
    r=rng.random()
    if d>0 and r<.3: return rng.choice(['(','(?:','(?>','(?i:'])+alt(d-1)+')'
    if d>0 and r<.37: return rng.choice(['(?=','(?!'])+alt(d-1)+')'
    if d>0 and r<.42: return rng.choice(['(?<=','(?<!'])+rng.choice(['a','ab','b|a','[ab]c',r'\s'])+')'
    return rng.choice(['a','b','c','A',' ','\\n','.','[ab]','[^a]','\\w','\\s','\\d','\\S','é','1','^','$','\\b','[a-c&&b]','\\p{L}'])
def piece(d):
    a=atom(d)
    if rng.random()<.45 and a not in('^','$','\\b') and not a.startswith(('(?=','(?!','(?<=','(?<!')): a+=rng.choice(['*','+','?','*?','+?','??','{2}','{1,2}','{0,3}','{2,}','++','?+','*+'])
    return a
def seq(d): return ''.join(piece(d) for _ in range(rng.randrange(1,4)))
def alt(d): return '|'.join(seq(d) for _ in range(1 if rng.random()<.6 else 2))
pats=fixed+[alt(3) for _ in range(400)]
texts=['','a','ab','aabb c','abcabc\n ab\nc','aaaab','\n\na \n','aé1 b😀c','A B Ab 12 345x','abab\r\n\r\nb  c ','  x','ccbba abca']
texts+=[''.join(rng.choice('aabbcAB \n1é😀]{2-') for _ in range(rng.randrange(2,14))) for _ in range(8)]
texts+=['e\u0301e\u0301\u0323 a\r\nb', '👨‍👩‍👧x🇩🇪🇫🇷a', 'SSssßſsẞ fiFI aSs', 'aaaaaaab', 'aabaab ab', '각힣e\u0301\u200dx']

scripts = pre_tokenizers.UnicodeScripts()
pool = [chr(rng.choice([rng.randrange(0x20, 0x3000), rng.randrange(0x3000, 0xD800), rng.randrange(0xE000, 0x20000)]))
        for _ in range(300)] + list('ab c.é ー日ひカ漢字😀🤗 \u0301') * 4
mixed = ['', 'ա\u0589.', 'ا\u061c.', 'क\u0953\u0954e\u0300', '  a b', '。日本 ー', 'どこで生れ。Yes', ' ', '. a'] + [
    ''.join(rng.choice(pool) for _ in range(rng.randrange(1, 12))) for _ in range(100)]
cleaned = [f'a{chr(c)}b' for c in [*range(0xA1), 0x1680, *range(0x200A, 0x2031), 0x2581, 0xFEFF, 0xFFFD]]


def found(pattern):
    """Start and end of the matches that are not empty, in code points; None if it is refused."""
    try:
        split = pre_tokenizers.Split(Regex(pattern), 'removed', invert=True)
    except Exception:
        return None
    return [[end for _, pair in split.pre_tokenize_str(text) for end in pair] for text in texts]


kept = [pattern for pattern in pats if len(pattern) < 60 or pattern in fixed]
content = {
    'versions': {'tokenizers': tokenizers.__version__},
    'texts': texts,
    'expressions': [[pattern, matches] for pattern in kept if (matches := found(pattern)) is not None],
    'scripts': [[text, [word for word, _ in scripts.pre_tokenize_str(text)]] for text in mixed],
    'nmt': [[text, normalizers.Nmt().normalize_str(text)] for text in cleaned],
}
path = os.path.join(os.path.dirname(__file__), '../tests/golden/tokenizer/expressions.json')
with open(path, 'w') as file:
    json.dump(content, file, ensure_ascii=False, separators=(',', ':'))
