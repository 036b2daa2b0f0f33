import type { AlignedText } from "../aligned_text.ts";
import { codePoints } from "../unicode_tables.ts";

/** Unicode's scripts, as in the table of Python's tokenizers, by their codes of ISO 15924. */
const SCRIPTS =
  "Adlm Aghb Ahom Arab Armi Armn Avst Bali Bamu Bass Batk Beng Bhks Bopo Brah Brai Bugi Buhd " +
  "Cakm Cans Cari Cham Cher Copt Cprt Cyrl Deva Dsrt Dupl Egyp Elba Ethi Geor Glag Goth Gran " +
  "Grek Gujr Guru Hang Hano Hatr Hebr Hluw Hmng Hung Ital Java Kali Khar Khmr Khoj Knda Kthi " +
  "Lana Laoo Latn Lepc Limb Lina Linb Lisu Lyci Lydi Mahj Mand Mani Marc Mend Merc Mero Mlym " +
  "Modi Mong Mroo Mtei Mult Mymr Narb Nbat Newa Nkoo Ogam Olck Orkh Orya Osge Osma Palm Pauc " +
  "Perm Phag Phli Phlp Phnx Plrd Prti Qaai Rjng Runr Samr Sarb Saur Sgnw Shaw Shrd Sidd Sind " +
  "Sinh Sora Sund Sylo Syrc Tagb Takr Tale Talu Taml Tang Tavt Telu Tfng Tglg Thaa Thai Tibt " +
  "Tirh Ugar Vaii Wara Xpeo Xsux Yiii";

/** Characters that were given a script later: they count as spaces, which have none. */
const LATER = codePoints(
  "560 588 5ef 61d 7fd-7ff 860-89f 8b5 8be-8d3 9fc-9fe a76 afa-aff b55 c04 c3c c5d c77 c84 " +
    "cdd cf3-d00 d04 d3b-d3c d81 e86 e89 e8c e8e-e93 e98 ea0 ea8-ea9 eac eba ece 170d 1715-171f " +
    "180f 1878 1abf-1ace 1b4c-1b4f 1b7d-1b7f 1c89-1cbf 1cf7 1cfa 1df6-1dfa 20bf-20c0 23ff " +
    "2427-2429 2b97 2bba-2bbc 2bc9 2bd2-2beb 2bf0-2bff 2c2f 2c5f 2e45-2e5d 2ffc-2fff 312e-312f " +
    "31bb-31bf 31e4-31ef 32ff 4db6-4dbf 9fd6-9fff a7af a7b8-a7f6 a82c a8fe-a8ff ab66-ab6b fbc2 " +
    "fd40-fd4f fdcf fdfe-fdff 1019c 1032d-1032f 10570-105f3 10780-107ba 10a34-10a35 10a48 " +
    "10d00-10d8f 10e80-10ff6 11070-11075 110c2-110cd 11144-11147 111ce-111cf 1123f-11241 1133b " +
    "11380-113e2 1145a 1145e-11461 116b8-116b9 116d0-116e3 1171a 11740-1183b 11900-11abf " +
    "11b00-11bf9 11d00-11fff 12f90-12ff2 1342f-143fa 16100-16139 16a70-16ac9 16d40-16e9a " +
    "16f45-16f4f 16f7f-16f87 16fe1-16ff1 187ed-187f7 18af3-18d08 1aff0-1affe 1b002-1b2fb " +
    "1cc00-1cfc3 1d1e9-1d1ea 1d2c0-1d2f3 1d372-1d378 1df00-1df2a 1e030-1e7fe 1e94b 1ec71-1ed3d " +
    "1f10d-1f10f 1f12f 1f16c-1f16f 1f1ad 1f260-1f265 1f6d3-1f6df 1f6f7-1f6fc 1f774-1f77f " +
    "1f7d5-1f7f0 1f8b0-1f90f 1f91f 1f928-1f92f 1f931-1f932 1f93f 1f94c-1f94f 1f95f-1f97f " +
    "1f992-1f9bf 1f9c1-1fbf9 2a6d7-2a6df 2b735-2b739 2ceb0-2ee5d 30000-323af",
);

/** Characters whose script has changed since. */
const EARLIER: Readonly<Record<string, string>> = {
  Zyyy: codePoints("589 61c"),
  Deva: codePoints("953-954"),
};

/** The index of a script, by character; 0 is no script. */
const scriptOf: (character: string) => number = (() => {
  let tests: readonly RegExp[] | undefined;
  const found = new Map<string, number>();
  const find = (character: string): number => {
    // The Japanese syllabaries, and the sign for a long vowel, count as Han.
    tests ??= [
      `[ ${LATER}]`,
      "[\\p{Script=Hani}\\p{Script=Hira}\\p{Script=Kana}\\u30fc]",
      ...`Latn Zyyy ${SCRIPTS}`.split(" ")
        .map((code) => `[\\p{Script=${code}}${EARLIER[code] ?? ""}]`),
    ].map((pattern) => new RegExp(pattern, "v"));
    return Math.max(0, tests.findIndex((test) => test.test(character)));
  };
  return (character) => {
    const script = found.get(character) ?? find(character);
    found.set(character, script);
    return script;
  };
})();

/**
 * Splits a text where the script changes: the `UnicodeScripts` pre-tokenizer. A space belongs to
 * the word before it; at the start of a text it is removed, as in Python's tokenizers.
 *
 * @param aligned The text.
 * @returns The words.
 */
export function scriptWords(aligned: AlignedText): AlignedText[] {
  const starts: number[] = [];
  let before = 0;
  let unit = 0;
  for (const character of aligned.text) {
    const script = scriptOf(character);
    if (script !== 0 && script !== before) {
      starts.push(unit);
      before = script;
    }
    unit += character.length;
  }
  return starts.map((start, i) => aligned.slice(start, starts[i + 1] ?? unit));
}
