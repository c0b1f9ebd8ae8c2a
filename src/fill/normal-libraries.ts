/** A date that a library read: what `start.get` and `start.isCertain` of chrono-node give. */
export interface ReadMoment {
  readonly index: number;
  readonly text: string;
  readonly start: {
    get(part: "year" | "month" | "day"): number | null;
    isCertain(part: "day" | "weekday" | "month" | "year"): boolean;
  };
}

/** The part of chrono-node that reads dates. */
export interface DateReader {
  parse(text: string, reference: { instant: Date; timezone: number }, option: { forwardDate: boolean }): ReadMoment[];
}

/** A phone number that a library read: the part of libphonenumber-js that is used. */
export interface ReadPhone {
  readonly number: string;
  isValid(): boolean;
}

/** The part of libphonenumber-js that reads phone numbers. */
export interface PhoneReader {
  read(text: string, region: string | undefined): ReadPhone | undefined;
  find(text: string, region: string | undefined): { startsAt: number; endsAt: number; number: ReadPhone }[];
}

/** Readers of what this library does not read itself. What is missing is not extracted. */
export interface Libraries {
  /** By language (`de`), and `en-GB` for English with the day first. */
  readonly dates?: Readonly<Record<string, DateReader>>;
  readonly phones?: PhoneReader;
  /** What is missing, in words for a log. */
  readonly notes: readonly string[];
}

let loading: Promise<Libraries> | undefined;

/**
 * Loads the optional packages `chrono-node` (dates in words) and `libphonenumber-js` (phone numbers), once. A package that is not
 * installed is left out, and `notes` says what is not read without it. It never rejects.
 *
 * @example
 * (await loadLibraries()).notes; // []: both are installed
 *
 * @since 0.1.0
 */
export function loadLibraries(): Promise<Libraries> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Libraries> {
  const [dates, phones] = await Promise.all([loadDates(), loadPhones()]);
  const notes = [
    ...(dates === undefined ? ["chrono-node is not installed: dates in words are not read"] : []),
    ...(phones === undefined ? ["libphonenumber-js is not installed: phone numbers are not read from text"] : []),
  ];
  return Object.freeze({
    ...(dates === undefined ? {} : { dates }),
    ...(phones === undefined ? {} : { phones }),
    notes: Object.freeze(notes),
  });
}

async function loadDates(): Promise<Libraries["dates"] | undefined> {
  try {
    const { en, de, fr, es, it, nl, pt, ja, ru, uk, sv, zh } = await import("chrono-node");
    return { en: en.casual, "en-GB": en.GB, de, fr, es, it, nl, pt, ja, ru, uk, sv, zh };
  } catch {
    return undefined;
  }
}

async function loadPhones(): Promise<PhoneReader | undefined> {
  try {
    const { parsePhoneNumberFromString, findPhoneNumbersInText, isSupportedCountry } = await import(
      "libphonenumber-js"
    );
    const options = (region: string | undefined) =>
      region !== undefined && isSupportedCountry(region) ? { defaultCountry: region } : {};
    return {
      read: (text, region) => parsePhoneNumberFromString(text, { ...options(region), extract: false }),
      find: (text, region) => findPhoneNumbersInText(text, options(region)),
    };
  } catch {
    return undefined;
  }
}
