import { createRandom } from "../../emulator/shared/random.ts";

/**
 * Documents as JSON, each with one generated value: dates and times of every form that Newtonsoft reads or nearly
 * reads, other texts, numbers. The same seed gives the same documents.
 */
export function* documents(count: number, seed: number): Generator<string> {
  const chance = createChance(seed);
  for (let index = 0; index < count; index += 1) yield document(chance);
}

/**
 * What precedes the value: Newtonsoft looks at the minutes of `/Date(…±hhmm)/` only when the text begins close to
 * the start of its buffer, where no value of a stored document is.
 */
const padding = "x".repeat(100);

function document(chance: Chance): string {
  if (chance.oneIn(20)) return `{"padding":"${padding}","number":${number(chance)}}`;
  const literal = toLiteral(text(chance), chance);
  const shape = chance.pick([
    `"text":${literal}`,
    `"array":[1,${literal},{"deep":${literal}}]`,
    `${literal}:"name","after":${literal}`,
    `"spaced" : ${literal} , "other":"value"`,
  ]);
  return `{"padding":"${padding}",${shape}}`;
}

/** JSON of a text, now and then with escapes that it does not need. */
function toLiteral(text: string, chance: Chance): string {
  const literal = JSON.stringify(text);
  if (text.startsWith("/Date") || !chance.oneIn(10)) return literal;
  return literal.replace(/[A-Za-z0-9/](?=[^\\]*$)/, (character) =>
    character === "/"
      ? String.raw`\/`
      : String.raw`\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

type Chance = {
  oneIn(times: number): boolean;
  /** From low to high, both included. */
  between(low: number, high: number): number;
  pick<Item>(items: readonly Item[]): Item;
};

function createChance(seed: number): Chance {
  const random = createRandom(seed);
  const between = (low: number, high: number): number =>
    low + Math.floor(random() * (high - low + 1));
  return {
    oneIn: (times) => random() * times < 1,
    between,
    pick: (items) => {
      const item = items[between(0, items.length - 1)];
      if (item === undefined) throw new RangeError("There is nothing to pick from.");
      return item;
    },
  };
}

function text(chance: Chance): string {
  const kind = chance.between(1, 10);
  if (kind <= 6) return isoDate(chance);
  if (kind <= 8) return damaged(isoDate(chance), chance);
  if (kind === 9) return microsoftDate(chance);
  return chance.pick(otherTexts)(chance);
}

const digits = (chance: Chance, count: number): string =>
  Array.from({ length: count }, () => chance.between(0, 9)).join("");

const twoDigits = (value: number): string => String(value).padStart(2, "0");

function isoDate(chance: Chance): string {
  const year = chance.pick([
    () => chance.pick(["0000", "0001", "0099", "1582", "1900", "2000", "2023", "2024", "9999"]),
    () => String(chance.between(1970, 2040)),
    () => digits(chance, 4),
  ])();
  const month = chance.oneIn(20) ? chance.between(0, 13) : chance.between(1, 12);
  const day = chance.oneIn(3) ? chance.between(28, 32) : chance.between(0, 28);
  const hour = chance.oneIn(8) ? chance.between(23, 25) : chance.between(0, 23);
  const isWhole = hour === 24 && !chance.oneIn(4);
  const minute = isWhole ? 0 : chance.oneIn(15) ? 60 : chance.between(0, 59);
  const second = isWhole ? 0 : chance.oneIn(15) ? 60 : chance.between(0, 59);
  const date = `${year}-${twoDigits(month)}-${twoDigits(day)}`;
  const time = [hour, minute, second].map(twoDigits).join(":");
  return `${date}T${time}${fraction(chance)}${zone(chance)}`;
}

function fraction(chance: Chance): string {
  const count = chance.between(0, 9);
  if (count === 0) return chance.oneIn(10) ? "." : "";
  const zeros = chance.between(0, count);
  return `.${digits(chance, count - zeros)}${"0".repeat(zeros)}`;
}

function zone(chance: Chance): string {
  const sign = chance.pick(["+", "-"]);
  const hours = chance.oneIn(6) ? digits(chance, 2) : twoDigits(chance.between(0, 14));
  const minutes = chance.oneIn(6) ? digits(chance, 2) : chance.pick(["00", "30", "45"]);
  return chance.pick([
    "",
    "Z",
    "z",
    ":",
    minutes,
    `:${minutes}`,
    `${sign}${hours}`,
    `${sign}${hours}:`,
    `${sign}${hours}${minutes}`,
    `${sign}${hours}:${minutes}`,
    `${sign}${hours}:${minutes}`,
    `${sign}${hours}:${minutes}:00`,
    ` ${sign}${hours}:${minutes}`,
    `${sign}${hours[0] ?? ""}`,
  ]);
}

/** Whose JSON has no escapes: a text with escapes begins at the start of a buffer of its own. */
const plainCharacters = Array.from(" .,:;-+TtZz/0_x٣２😀");

const strangeCharacters = [...plainCharacters, ...Array.from('\t\n\\"\0\ud800')];

/** One character removed, doubled, replaced, added or in another case. */
function damaged(text: string, chance: Chance, characters = strangeCharacters): string {
  const at = chance.between(0, text.length);
  const before = text.slice(0, at);
  const after = text.slice(at);
  const character = chance.pick(characters);
  return chance.pick([
    before + after.slice(1),
    before + after.slice(0, 1) + after,
    before + character + after.slice(1),
    before + character + after,
    text.toLowerCase(),
    ` ${text}`,
    `${text} `,
    text.replace("T", " "),
  ]);
}

function microsoftDate(chance: Chance): string {
  const ms = chance.pick([
    () => digits(chance, chance.between(1, 13)),
    () => digits(chance, chance.between(14, 22)),
    () => chance.pick(["253402300799999", "253402300800000", "62135596800000", "62135596800001"]),
    () => "9223372036854775807",
    () => "",
    () => "abc",
  ])();
  const sign = chance.oneIn(3) ? "-" : "";
  const offset = chance
    .pick(["", "", "Z", `+${digits(chance, 4)}`, `-${digits(chance, 4)}`])
    .concat(chance.oneIn(10) ? chance.pick(["+", "-", "+1", "-2x", "+-3", "--4", "+02-03"]) : "");
  const whole = `/Date(${sign}${ms}${offset})/`;
  return chance.oneIn(8) ? damaged(whole, chance, plainCharacters) : whole;
}

const otherTexts: readonly ((chance: Chance) => string)[] = [
  (chance) => digits(chance, chance.between(0, 40)),
  (chance) => "2026-05-01T10:00:00.990Z".repeat(chance.between(2, 200)),
  (chance) => `2026-05-01T10:00:00.${digits(chance, chance.between(10, 30))}Z`,
  (chance) => `"2026-05-01T10:00:00.${digits(chance, 3)}Z"`,
  (chance) => `${digits(chance, 4)}-${digits(chance, 2)}-${digits(chance, 2)}`,
  () => "Fri, 01 May 2026 10:00:00 GMT",
  () => "\ud800\ud800\udc00\udc00",
  () => "true",
  () => "NaN",
  () => "\u2028</script>",
  () => "２０２６-05-01T10:00:00Z",
];

/** Within the range of a double: what is beyond it Newtonsoft writes as a text, and Cosmos DB does not store. */
function number(chance: Chance): string {
  const sign = chance.pick(["", "-"]);
  const whole = chance.oneIn(4)
    ? "0"
    : `${chance.between(1, 9)}${digits(chance, chance.between(0, 24))}`;
  const part = chance.oneIn(2) ? "" : `.${digits(chance, chance.between(1, 20))}`;
  const exponent = chance.oneIn(3)
    ? `${chance.pick(["e", "E"])}${chance.pick(["", "+", "-"])}${chance.between(0, 250)}`
    : "";
  return `${sign}${whole}${part}${exponent}`;
}
