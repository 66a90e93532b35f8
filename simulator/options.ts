import { flags, standardSettings, type Settings } from "./flags.ts";
import { scenarios, type ScenarioName } from "./scenarios/scenarios.ts";

/** A run, with everything that can be set of it. */
export type RunOptions = Settings & { scenario: ScenarioName };

export type Parsed =
  | { kind: "run"; options: RunOptions }
  /** Not a scenario: one small and one large transfer, hop by hop. */
  | { kind: "trace"; settings: Settings }
  | { kind: "help" }
  /** One sentence that says what is wrong. */
  | { kind: "refused"; complaint: string };

/** Reads the words after `npm run simulate --`. */
export const parseOptions = (words: readonly string[]): Parsed => {
  if (words.some((word) => word === "--help" || word === "-h")) return { kind: "help" };
  const read = readWords(words);
  if (typeof read === "string") return { kind: "refused", complaint: read };
  const [play, ...more] = read.plays;
  const known = [...Object.keys(scenarios), "trace"].join(", ");
  if (play === undefined) return refused(`Name a scenario: ${known}.`);
  if (more.length > 0) return refused(`One scenario at a time: "${more.join(" ")}" is too much.`);
  if (play === "trace") return { kind: "trace", settings: withPeople(read.settings) };
  if (!isScenario(play)) return refused(`There is no scenario "${play}", only ${known}.`);
  return scenarioOptions(play, read.settings);
};

/** Where the admin app of `npm start` is. */
const LOCAL_ADMIN = new URL("http://127.0.0.1:7080");

const withPeople = (settings: Settings): Settings => ({ admin: LOCAL_ADMIN, ...settings });

const scenarioOptions = (scenario: ScenarioName, given: Settings): Parsed => {
  const { leastAccounts, needsPeople } = scenarios[scenario];
  const settings = needsPeople ? withPeople(given) : given;
  if (settings.accounts < leastAccounts) {
    return refused(`The scenario "${scenario}" needs --accounts ${leastAccounts} or more.`);
  }
  const options = { ...settings, scenario };
  if (settings.run !== undefined && !isRepeatable(options)) {
    return refused("People and instants are not the same twice: --run cannot repeat this.");
  }
  return { kind: "run", options };
};

/** Whether a run can be said again under the same keys. */
export const isRepeatable = ({ scenario, admin }: RunOptions): boolean =>
  scenarios[scenario].isRepeatable && admin === undefined;

export const helpText = (): string => {
  const rows = flags.map(
    ({ name, placeholder, about, standard }) =>
      [`--${name} ${placeholder}`, standard ? `${about} [${standard}]` : about] as const,
  );
  const plays = Object.entries(scenarios).map(([name, { summary }]) => [name, summary] as const);
  const trace = ["trace", "the life of one small and one large transfer, hop by hop"] as const;
  return [
    "npm run simulate -- <scenario> [options]",
    "",
    "Plays people who use the service over HTTP, and audits afterwards what it made of it.",
    "",
    "Scenarios:",
    ...table([...plays, trace]),
    "",
    "Options:",
    ...table([...rows, ["--json", "print the summary as JSON"], ["--help", "print this"]]),
    "",
    "Exit codes: 0 all is right; 1 something is wrong, and it says what; 2 the options are wrong;",
    "3 the service could not be reached.",
  ].join("\n");
};

type Words = { plays: string[]; settings: Settings };

/** The words sorted into plays and settings, or what is wrong with them. */
const readWords = (words: readonly string[]): Words | string => {
  const plays: string[] = [];
  let settings = standardSettings();
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (!word.startsWith("-")) {
      plays.push(word);
      continue;
    }
    if (word === "--json") {
      settings = { ...settings, json: true };
      continue;
    }
    const [, name, inline] = /^--([^=]+)(?:=(.*))?$/.exec(word) ?? [];
    const flag = flags.find((known) => known.name === name);
    if (flag === undefined) return `There is no option "${word}": --help lists them.`;
    const value = inline ?? rest.shift();
    if (value === undefined) return `--${flag.name} wants a value: ${flag.wants}.`;
    const read = flag.read(value);
    if (read === undefined) return `--${flag.name} "${value}" is not ${flag.wants}.`;
    settings = { ...settings, ...read };
  }
  return { plays, settings };
};

const refused = (complaint: string): Parsed => ({ kind: "refused", complaint });

const isScenario = (word: string): word is ScenarioName => Object.hasOwn(scenarios, word);

const table = (rows: readonly (readonly [term: string, text: string])[]): string[] => {
  const width = Math.max(...rows.map(([term]) => term.length));
  return rows.map(([term, text]) => `  ${term.padEnd(width)}  ${text}`);
};
