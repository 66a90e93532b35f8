import type { Credentials } from "./approvers/admin-api.ts";
import { parseMoney } from "./money.ts";

export type Settings = {
  url: URL;
  seed: string;
  /** Absent for a new run. */
  run?: string;
  clients: number;
  accounts: number;
  durationMs: number;
  /** The most intentions of one client; Infinity sets no limit. */
  steps: number;
  /** Requests a second, all clients together; 0 sets no limit. */
  rate: number;
  /** By e-mail address. Empty for none: then nothing is asked that only operators may know. */
  operator: string;
  patienceMs: number;
  /** The admin app; absent when nobody decides. */
  admin?: URL;
  approvers: readonly Credentials[];
  /** From this amount on a transfer needs approval. */
  approvalFromE4: bigint;
  /** How far ahead people schedule transfers, at most. */
  aheadMs: number;
  /** The door of the emulator that advances its clock; absent when time only passes. */
  expiryByControl?: URL;
  json: boolean;
};

export type Flag = {
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

export const standardSettings = (): Settings => {
  const settings = { json: false };
  for (const { standard, read } of flags) Object.assign(settings, read(standard));
  // Each setting but this one and those that may be absent has a flag with a standard: the tests
  // hold the table to it.
  return settings as unknown as Settings;
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

const origin =
  (settingOf: (url: URL) => Partial<Settings>): ReadValue =>
  (text) => {
    const url = URL.parse(text);
    const isOrigin = url !== null && /^https?:$/.test(url.protocol) && url.pathname === "/";
    return isOrigin && url.search === "" ? settingOf(url) : undefined;
  };

const readApprovers: ReadValue = (text) => {
  const approvers = (text === "" ? DEMO_APPROVERS : text).split(",").map((person) => {
    const [, email, password] = /^([^:@\s]+@[^:\s]+):(\S+)$/.exec(person) ?? [];
    return email !== undefined && password !== undefined ? { email, password } : undefined;
  });
  const known = approvers.filter((approver) => approver !== undefined);
  return known.length === approvers.length && known.length > 1 ? { approvers: known } : undefined;
};

const readApprovalFrom: ReadValue = (text) => {
  const approvalFromE4 = parseMoney(text) ?? 0n;
  return approvalFromE4 > 0n ? { approvalFromE4 } : undefined;
};

const DEMO_APPROVERS = ["grace", "alan", "edsger"]
  .map((name) => `${name}@bank.example:let-me-decide`)
  .join(",");

const AN_ORIGIN = "an origin such as http://127.0.0.1:7071";
const A_TIME = "a time such as 500ms, 10s or 2m";
const A_COUNT = `a whole number from 1 to ${MOST}`;
const A_COUNT_OR_0 = `a whole number from 0 to ${MOST}`;

export const flags: readonly Flag[] = [
  {
    name: "url",
    placeholder: "ORIGIN",
    about: "where the service is",
    standard: "http://127.0.0.1:7071",
    wants: AN_ORIGIN,
    read: origin((url) => ({ url })),
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
    name: "operator",
    placeholder: "EMAIL",
    about: `who asks for the system's totals; "" leaves them out`,
    standard: "oscar@bank.example",
    wants: "an e-mail address",
    read: (value) => (/^([^@\s]+@[^@\s]+)?$/.test(value) ? { operator: value } : undefined),
  },
  {
    name: "patience",
    placeholder: "TIME",
    about: "how long a client keeps trying while the service is away",
    standard: "60s",
    wants: A_TIME,
    read: time((patienceMs) => ({ patienceMs })),
  },
  {
    name: "admin",
    placeholder: "ORIGIN",
    about: "where people approve [where approvals and trace: http://127.0.0.1:7080; else nobody]",
    standard: "",
    wants: AN_ORIGIN,
    read: origin((admin) => ({ admin })),
  },
  {
    name: "approvers",
    placeholder: "LIST",
    about: "who approves: EMAIL:PASSWORD,… [three of the demo]",
    standard: "",
    wants: "a list of two or more EMAIL:PASSWORD, with commas between",
    read: readApprovers,
  },
  {
    name: "approval-from",
    placeholder: "AMOUNT",
    about: "from this amount on a transfer needs approval, as the service has it",
    standard: "1000.00",
    wants: "an amount such as 1000.00",
    read: readApprovalFrom,
  },
  {
    name: "ahead",
    placeholder: "TIME",
    about: "how far ahead people schedule transfers, at most",
    standard: "3s",
    wants: A_TIME,
    read: time((aheadMs) => ({ aheadMs })),
  },
  {
    name: "expiry-by-control",
    placeholder: "ORIGIN",
    about: "let transfers expire by advancing the emulator's clock there, by a day [none expire]",
    standard: "",
    wants: AN_ORIGIN,
    read: origin((expiryByControl) => ({ expiryByControl })),
  },
];
