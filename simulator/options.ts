import { scenarios, type ScenarioName } from "./scenarios/scenarios.ts";

export type Options = {
  scenario: ScenarioName;
  url: URL;
  seed: string;
  /** Undefined for a new run. */
  run: string | undefined;
  clients: number;
  accounts: number;
  durationMs: number;
  /** The most intentions of one client; Infinity sets no limit. */
  steps: number;
  /** Requests a second, all clients together; 0 sets no limit. */
  rate: number;
  /** Empty for none: then nothing is asked that only operators may know. */
  operatorKey: string;
  patienceMs: number;
  json: boolean;
};

export type Parsed =
  | { kind: "run"; options: Options }
  | { kind: "help" }
  /** One sentence that says what is wrong. */
  | { kind: "refused"; complaint: string };

/** Reads the words after `npm run simulate --`. */
export const parseOptions = (words: readonly string[]): Parsed => {
  if (words.some((word) => word === "--help" || word === "-h")) return { kind: "help" };
  const read = readWords(words);
  if (typeof read === "string") return { kind: "refused", complaint: read };
  const [scenario, ...more] = read.scenarios;
  const known = Object.keys(scenarios).join(", ");
  if (scenario === undefined) return refused(`Name a scenario: ${known}.`);
  if (!isScenario(scenario)) return refused(`There is no scenario "${scenario}", only ${known}.`);
  if (more.length > 0) return refused(`One scenario at a time: "${more.join(" ")}" is too much.`);
  const { leastAccounts } = scenarios[scenario];
  if (read.options.accounts < leastAccounts) {
    return refused(`The scenario "${scenario}" needs --accounts ${leastAccounts} or more.`);
  }
  return { kind: "run", options: { ...read.options, scenario } };
};

export const helpText = (): string => {
  const rows = flags.map(
    ({ name, placeholder, about, standard }) =>
      [`--${name} ${placeholder}`, standard ? `${about} [${standard}]` : about] as const,
  );
  const plays = Object.entries(scenarios).map(([name, { summary }]) => [name, summary] as const);
  return [
    "npm run simulate -- <scenario> [options]",
    "",
    "Plays people who use the service over HTTP, and audits afterwards what it made of it.",
    "",
    "Scenarios:",
    ...table(plays),
    "",
    "Options:",
    ...table([...rows, ["--json", "print the summary as JSON"], ["--help", "print this"]]),
    "",
    "Exit codes: 0 all is right; 1 something is wrong, and it says what; 2 the options are wrong;",
    "3 the service could not be reached.",
  ].join("\n");
};

type Settings = Omit<Options, "scenario">;

type Flag = {
  name: string;
  placeholder: string;
  about: string;
  /** What holds without the flag, as it would be written. */
  standard: string;
  /** What the value has to be: the end of a complaint. */
  wants: string;
  /** Undefined when the value is not what it has to be. */
  read: (value: string) => Partial<Settings> | undefined;
};

type Words = { scenarios: string[]; options: Settings };

/** The words sorted into scenarios and settings, or what is wrong with them. */
const readWords = (words: readonly string[]): Words | string => {
  const scenarios: string[] = [];
  let options = standardSettings();
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (!word.startsWith("-")) {
      scenarios.push(word);
      continue;
    }
    if (word === "--json") {
      options = { ...options, json: true };
      continue;
    }
    const [, name, inline] = /^--([^=]+)(?:=(.*))?$/.exec(word) ?? [];
    const flag = flags.find((known) => known.name === name);
    if (flag === undefined) return `There is no option "${word}": --help lists them.`;
    const value = inline ?? rest.shift();
    if (value === undefined) return `--${flag.name} wants a value: ${flag.wants}.`;
    const read = flag.read(value);
    if (read === undefined) return `--${flag.name} "${value}" is not ${flag.wants}.`;
    options = { ...options, ...read };
  }
  return { scenarios, options };
};

const standardSettings = (): Settings => {
  const settings = { run: undefined, json: false };
  for (const { standard, read } of flags) Object.assign(settings, read(standard));
  // Each setting but these two has a flag with a standard: the tests hold the table to it.
  return settings as unknown as Settings;
};

const refused = (complaint: string): Parsed => ({ kind: "refused", complaint });

const isScenario = (word: string): word is ScenarioName => Object.hasOwn(scenarios, word);

const table = (rows: readonly (readonly [term: string, text: string])[]): string[] => {
  const width = Math.max(...rows.map(([term]) => term.length));
  return rows.map(([term, text]) => `  ${term.padEnd(width)}  ${text}`);
};

type ReadValue = Flag["read"];

const MOST = 100_000;

const wholeNumber =
  (least: number, settingOf: (value: number) => Partial<Settings>): ReadValue =>
  (text) => {
    const value = Number(text);
    return /^\d+$/.test(text) && value >= least && value <= MOST ? settingOf(value) : undefined;
  };

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000 } as const;

const time =
  (settingOf: (valueMs: number) => Partial<Settings>): ReadValue =>
  (text) => {
    const [, digits, unit] = /^(\d{1,6})(ms|s|m)$/.exec(text) ?? [];
    const valueMs = Number(digits) * UNIT_MS[(unit ?? "s") as keyof typeof UNIT_MS];
    return valueMs > 0 ? settingOf(valueMs) : undefined;
  };

const A_TIME = "a time such as 500ms, 10s or 2m";
const A_COUNT = `a whole number from 1 to ${MOST}`;
const A_COUNT_OR_0 = `a whole number from 0 to ${MOST}`;

const flags: readonly Flag[] = [
  {
    name: "url",
    placeholder: "ORIGIN",
    about: "where the service is",
    standard: "http://127.0.0.1:7071",
    wants: "an origin such as http://127.0.0.1:7071",
    read: (value) => {
      const url = URL.parse(value);
      const isOrigin = url !== null && /^https?:$/.test(url.protocol) && url.pathname === "/";
      return isOrigin && url.search === "" ? { url } : undefined;
    },
  },
  {
    name: "seed",
    placeholder: "WORD",
    about: "the same seed gives the same intentions",
    standard: "1",
    wants: "a word of up to 40 letters, digits, - or _",
    read: (value) => (/^[\w-]{1,40}$/.test(value) ? { seed: value } : undefined),
  },
  {
    name: "run",
    placeholder: "ID",
    about: "repeat the run with this id: the same keys and accounts [a new run]",
    standard: "",
    wants: "a run id of up to 20 lower-case letters or digits",
    read: (value) => (/^[0-9a-z]{1,20}$/.test(value) ? { run: value } : undefined),
  },
  {
    name: "clients",
    placeholder: "N",
    about: "clients at work at once",
    standard: "32",
    wants: A_COUNT,
    read: wholeNumber(1, (clients) => ({ clients })),
  },
  {
    name: "accounts",
    placeholder: "N",
    about: "accounts to open",
    standard: "100",
    wants: A_COUNT,
    read: wholeNumber(1, (accounts) => ({ accounts })),
  },
  {
    name: "duration",
    placeholder: "TIME",
    about: "how long the scenario plays, once its accounts are open",
    standard: "10s",
    wants: A_TIME,
    read: time((durationMs) => ({ durationMs })),
  },
  {
    name: "steps",
    placeholder: "N",
    about: "stop each client after so many intentions; 0 for no limit",
    standard: "0",
    wants: A_COUNT_OR_0,
    read: wholeNumber(0, (steps) => ({ steps: steps === 0 ? Infinity : steps })),
  },
  {
    name: "rate",
    placeholder: "N",
    about: "requests a second, all clients together; 0 for no limit",
    standard: "0",
    wants: A_COUNT_OR_0,
    read: wholeNumber(0, (rate) => ({ rate })),
  },
  {
    name: "operator-key",
    placeholder: "KEY",
    about: `key for the system's totals; "" leaves them out`,
    standard: "operator-key",
    wants: "a key of visible ASCII characters",
    read: (value) => (/^[!-~]*$/.test(value) ? { operatorKey: value } : undefined),
  },
  {
    name: "patience",
    placeholder: "TIME",
    about: "how long a client keeps trying while the service is away",
    standard: "60s",
    wants: A_TIME,
    read: time((patienceMs) => ({ patienceMs })),
  },
];
