/**
 * Stems of English words.
 *
 * @module
 */

/** Words whose stem does not follow from the rules; NLTK's list. */
const IRREGULAR: ReadonlyMap<string, string> = new Map(
  Object.entries({
    sky: "sky skies",
    die: "dying",
    lie: "lying",
    tie: "tying",
    news: "news",
    inning: "innings inning",
    outing: "outings outing",
    canning: "cannings canning",
    howe: "howe",
    proceed: "proceed",
    exceed: "exceed",
    succeed: "succeed",
  }).flatMap(([stem, words]) => words.split(" ").map((word) => [word, stem] as const)),
);

type Condition = (stem: string) => boolean;
type Rule = readonly [suffix: string, replacement: string, condition?: Condition];

/** Steps 2, 3 and 4: the first suffix that fits decides, applied if the rest has this measure. */
const STEP_2: readonly Rule[] = rules(
  "ational-ate tional-tion enci-ence anci-ance izer-ize bli-ble alli-al entli-ent eli-e ousli-ous " +
    "ization-ize ation-ate ator-ate alism-al iveness-ive fulness-ful ousness-ous aliti-al " +
    "iviti-ive biliti-ble fulli-ful",
);
const STEP_3: readonly Rule[] = rules("icate-ic ative- alize-al iciti-ic ical-ic ful- ness-");
const STEP_4: readonly Rule[] = rules(
  "al- ance- ence- er- ic- able- ible- ant- ement- ment- ent- ion- ou- ism- ate- iti- ous- ive- " +
    "ize-",
);

function rules(text: string): Rule[] {
  return text.split(" ").map((rule) => rule.split("-") as [string, string]);
}

/**
 * Stems a word by Porter's algorithm (An algorithm for suffix stripping, 1980) with the
 * departures of NLTK's `PorterStemmer`, which Python's `rouge-score` uses.
 *
 * @param word The word, in lower case.
 * @returns Its stem.
 */
export function porterStem(word: string): string {
  const irregular = IRREGULAR.get(word);
  if (irregular !== undefined) return irregular;
  if (word.length <= 2) return word;
  return step5(step4(step3(step2(step1c(step1b(step1a(word)))))));
}

function step1a(word: string): string {
  if (word.endsWith("ies") && word.length === 4) return word.slice(0, -1);
  return replaceSuffix(word, [["sses", "ss"], ["ies", "i"], ["ss", "ss"], ["s", ""]]);
}

function step1b(word: string): string {
  if (word.endsWith("ied")) return word.slice(0, word.length === 4 ? -1 : -2);
  if (word.endsWith("eed")) return measure(word.slice(0, -3)) > 0 ? word.slice(0, -1) : word;
  const suffix = ["ed", "ing"].find((end) => word.endsWith(end) && hasVowel(cut(word, end)));
  if (!suffix) return word;
  const stem = cut(word, suffix);
  if (/(?:at|bl|iz)$/.test(stem)) return stem + "e";
  if (endsDoubled(stem)) return /[lsz]$/.test(stem) ? stem : stem.slice(0, -1);
  return measure(stem) === 1 && endsShort(stem) ? stem + "e" : stem;
}

function step1c(word: string): string {
  const isLong = word.length > 2 && isConsonant(word, word.length - 2);
  return word.endsWith("y") && isLong ? word.slice(0, -1) + "i" : word;
}

function step2(word: string): string {
  if (word.endsWith("alli") && measure(cut(word, "alli")) > 0) return step2(cut(word, "li"));
  const isPositive: Condition = (stem) => measure(stem) > 0;
  return replaceSuffix(word, [
    ...STEP_2.map(([suffix, replacement]): Rule => [suffix, replacement, isPositive]),
    // The measure counts the l: "geolog-i".
    ["logi", "log", (stem) => measure(stem + "l") > 0],
  ]);
}

function step3(word: string): string {
  return replaceSuffix(word, STEP_3.map(([a, b]): Rule => [a, b, (stem) => measure(stem) > 0]));
}

function step4(word: string): string {
  return replaceSuffix(
    word,
    STEP_4.map(([suffix, replacement]): Rule => [
      suffix,
      replacement,
      (stem) => measure(stem) > 1 && (suffix !== "ion" || /[st]$/.test(stem)),
    ]),
  );
}

function step5(word: string): string {
  let stem = word;
  if (word.endsWith("e")) {
    const rest = word.slice(0, -1);
    if (measure(rest) > 1 || (measure(rest) === 1 && !endsShort(rest))) stem = rest;
  }
  return stem.endsWith("ll") && measure(stem.slice(0, -1)) > 1 ? stem.slice(0, -1) : stem;
}

/** Replaces the first suffix that the word has, if the rest meets its condition. */
function replaceSuffix(word: string, list: readonly Rule[]): string {
  const rule = list.find(([suffix]) => word.endsWith(suffix));
  if (!rule) return word;
  const [suffix, replacement, condition = () => true] = rule;
  const stem = cut(word, suffix);
  return condition(stem) ? stem + replacement : word;
}

function cut(word: string, suffix: string): string {
  return word.slice(0, word.length - suffix.length);
}

function isConsonant(word: string, i: number): boolean {
  return word[i] === "y" ? i === 0 || !isConsonant(word, i - 1) : !"aeiou".includes(word[i]);
}

/** Shape of a word: c and v for each consonant and vowel. */
function shape(word: string): string {
  return Array.from(word, (_, i) => isConsonant(word, i) ? "c" : "v").join("");
}

/** Porter's measure: how often consonants follow vowels. */
function measure(word: string): number {
  return shape(word).match(/vc/g)?.length ?? 0;
}

function hasVowel(word: string): boolean {
  return shape(word).includes("v");
}

function endsDoubled(word: string): boolean {
  return word.at(-1) === word.at(-2) && shape(word).endsWith("c");
}

/** Ends consonant-vowel-consonant, the last not w, x, y; or is such a word without the first. */
function endsShort(word: string): boolean {
  const shapes = shape(word);
  return (shapes.endsWith("cvc") && !/[wxy]$/.test(word)) || shapes === "vc";
}
