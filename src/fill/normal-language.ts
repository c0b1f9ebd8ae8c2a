/** The few words of a language that normalising and finding need. All lower case. */
export interface Language {
  readonly yes: ReadonlySet<string>;
  readonly no: ReadonlySet<string>;
  /** Negates what follows it in the clause. */
  readonly not: ReadonlySet<string>;
  readonly numbers: ReadonlyMap<string, number>;
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
  decimal: ",",
};

const french: Language = {
  yes: set("oui ouais d'accord exact exactement vrai"),
  no: set("non faux aucun aucune"),
  not: set("pas non sans sauf aucun aucune"),
  numbers: new Map(
    counted("zéro un/une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize"),
  ),
  decimal: ",",
};

const spanish: Language = {
  yes: set("sí si claro vale exacto correcto verdadero"),
  no: set("no falso nunca ninguno ninguna"),
  not: set("no sin nunca excepto"),
  numbers: new Map(
    counted("cero uno/un/una dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince"),
  ),
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
    ...tens("dwadzieścia trzydzieści czterdzieści pięćdziesiąt"),
  ]),
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
    ...tens("двадцять тридцять сорок п'ятдесят"),
  ]),
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
    ...tens("двадцать тридцать сорок пятьдесят"),
  ]),
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
