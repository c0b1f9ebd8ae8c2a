/** The few words of a language that normalising and finding need. All lower case. */
export interface Language {
  readonly yes: ReadonlySet<string>;
  readonly no: ReadonlySet<string>;
  /** Negates what follows it in the clause. */
  readonly not: ReadonlySet<string>;
  readonly numbers: ReadonlyMap<string, number>;
  /** Multiplies what stands before it: "hundred". */
  readonly scales: ReadonlyMap<string, number>;
  /** Joins the parts of a number, behind full hundreds ("and") or behind full tens as well ("et"). */
  readonly joints: ReadonlyMap<string, 100 | 10>;
  readonly decimal: "," | ".";
}

const set = (words: string): ReadonlySet<string> => new Set(words.split(" "));

function counted(words: string, from = 0): [string, number][] {
  return words
    .split(" ")
    .flatMap((spellings, index) => spellings.split("/").map((word): [string, number] => [word, from + index]));
}

const tens = (words: string): [string, number][] =>
  counted(words, 2).map(([word, ten]): [string, number] => [word, ten * 10]);

const english: Language = {
  yes: set("yes yeah yep yup yea sure true correct right ok okay absolutely definitely certainly indeed"),
  no: set("no nope nah false negative none never"),
  not: set(
    "not no never without don't dont doesn't doesnt didn't isn't isnt aren't wasn't won't can't cannot except instead nor avoid than",
  ),
  numbers: new Map([
    ...counted(
      "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
    ),
    ...tens("twenty thirty forty fifty sixty seventy eighty ninety"),
  ]),
  scales: new Map([
    ["hundred", 100],
    ["thousand", 1000],
    ["million", 1000000],
  ]),
  joints: new Map([["and", 100]]),
  decimal: ".",
};

const german: Language = {
  yes: set("ja jawohl jep klar gerne genau richtig stimmt wahr"),
  no: set("nein nee nö falsch keine kein keiner"),
  not: set("nicht kein keine keinen ohne nein statt außer"),
  numbers: new Map([
    ...counted("null eins/ein/eine/einen zwei drei vier fünf sechs sieben acht neun zehn elf zwölf"),
    ...tens("zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig"),
  ]),
  scales: new Map([
    ["hundert", 100],
    ["tausend", 1000],
    ["million", 1000000],
    ["millionen", 1000000],
  ]),
  joints: new Map([["und", 100]]),
  decimal: ",",
};

const french: Language = {
  yes: set("oui ouais d'accord exact exactement vrai"),
  no: set("non faux aucun aucune"),
  not: set("pas non sans sauf aucun aucune"),
  numbers: new Map([
    ...counted("zéro un/une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize"),
    ...tens("vingt/vingts trente quarante cinquante soixante"),
  ]),
  scales: new Map([
    ["cent", 100],
    ["cents", 100],
    ["mille", 1000],
    ["million", 1000000],
    ["millions", 1000000],
  ]),
  joints: new Map([["et", 10]]),
  decimal: ",",
};

const spanish: Language = {
  yes: set("sí si claro vale exacto correcto verdadero"),
  no: set("no falso nunca ninguno ninguna"),
  not: set("no sin nunca excepto"),
  numbers: new Map([
    ...counted(
      "cero uno/un/una dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve veinte veintiuno/veintiún veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve",
    ),
    ...tens("veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa"),
    ["cien", 100],
    ["ciento", 100],
  ]),
  scales: new Map([
    ["mil", 1000],
    ["millón", 1000000],
    ["millones", 1000000],
  ]),
  joints: new Map([["y", 10]]),
  decimal: ",",
};

const polish: Language = {
  yes: set("tak owszem jasne zgoda dobrze pewnie dokładnie prawda"),
  no: set("nie fałsz żaden żadna"),
  not: set("nie bez oprócz poza żaden żadna ani"),
  numbers: new Map([
    ...counted(
      "zero jeden/jedna/jedno dwa/dwie/dwóch/dwoje trzy/trzech/troje cztery/czterech pięć/pięciu sześć/sześciu siedem/siedmiu osiem/ośmiu dziewięć/dziewięciu dziesięć/dziesięciu jedenaście dwanaście",
    ),
    ["sto", 100],
    ...tens(
      "dwadzieścia trzydzieści czterdzieści pięćdziesiąt sześćdziesiąt siedemdziesiąt osiemdziesiąt dziewięćdziesiąt",
    ),
  ]),
  scales: new Map([
    ["tysiąc", 1000],
    ["tysiące", 1000],
    ["tysięcy", 1000],
  ]),
  joints: new Map(),
  decimal: ",",
};

const ukrainian: Language = {
  yes: set("так авжеж звісно згода добре вірно точно правда"),
  no: set("ні неправда жоден жодна"),
  not: set("не без крім окрім жоден жодна ані"),
  numbers: new Map([
    ...counted(
      "нуль один/одна/одне два/дві/двох/двоє три/трьох/троє чотири/чотирьох п'ять/п'яти шість/шести сім/семи вісім/восьми дев'ять десять одинадцять дванадцять",
    ),
    ["сто", 100],
    ...tens("двадцять тридцять сорок п'ятдесят шістдесят сімдесят вісімдесят дев'яносто"),
  ]),
  scales: new Map([
    ["тисяча", 1000],
    ["тисячі", 1000],
    ["тисяч", 1000],
  ]),
  joints: new Map(),
  decimal: ",",
};

const russian: Language = {
  yes: set("да конечно верно точно хорошо согласен согласна правда"),
  no: set("нет неправда никакой никакая"),
  not: set("не без кроме никакой ни"),
  numbers: new Map([
    ...counted(
      "ноль один/одна/одно два/две/двух/двое три/трёх/трех/трое четыре/четырёх пять/пяти шесть/шести семь/семи восемь/восьми девять десять одиннадцать двенадцать",
    ),
    ["сто", 100],
    ...tens("двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто"),
  ]),
  scales: new Map([
    ["тысяча", 1000],
    ["тысячи", 1000],
    ["тысяч", 1000],
  ]),
  joints: new Map(),
  decimal: ",",
};

const languages: Readonly<Record<string, Language>> = {
  en: english,
  de: german,
  fr: french,
  es: spanish,
  pl: polish,
  uk: ukrainian,
  ru: russian,
};

/**
 * The words of a locale's language. English is understood besides every other one only in what is written in digits; a language that
 * is not known has the English words.
 */
export function languageOf(locale: string | undefined): Language {
  const code = languageCode(locale);
  return (Object.hasOwn(languages, code) ? languages[code] : undefined) ?? english;
}

/**
 * The words for yes and no with which a person may answer: those of the locale's language and English. Without a locale, those of every
 * language that is known here, but for words that say yes in one and no in another.
 */
export function consentWords(locale: string | undefined): Pick<Language, "yes" | "no"> {
  const known = locale === undefined ? Object.values(languages) : [languageOf(locale), english];
  const [yes, no] = [known.flatMap((one) => [...one.yes]), known.flatMap((one) => [...one.no])];
  return {
    yes: new Set(yes.filter((word) => !no.includes(word))),
    no: new Set(no.filter((word) => !yes.includes(word))),
  };
}

/** `de` of `de-AT`; `en` if there is none. */
export function languageCode(locale: string | undefined): string {
  const code = /^[A-Za-z]{2,3}(?=$|[-_])/.exec(locale ?? "")?.[0].toLowerCase();
  return code ?? "en";
}

/** `AT` of `de-AT` or `de-Latn-AT`. */
export function regionOf(locale: string | undefined): string | undefined {
  return /[-_]([A-Za-z]{2})(?=$|[-_])/.exec(locale ?? "")?.[1]?.toUpperCase();
}

/** The sign that separates the decimals of a number in the locale. Swiss, Mexican and other exceptions are not told apart. */
export function decimalSign(locale: string | undefined): "," | "." {
  const code = languageCode(locale);
  if (Object.hasOwn(languages, code)) return languageOf(locale).decimal;
  return /^(?:zh|ja|ko|th|he|hi)$/.test(code) ? "." : ",";
}
