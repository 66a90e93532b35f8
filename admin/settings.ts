import type { AccessTokens } from "../contract/call.ts";
import { byClientCredentials, byManagedIdentity } from "./saldo/access-tokens.ts";
import { approversFrom, type Approver } from "./sign-in/approvers.ts";
import type { AdminOptions } from "./server.ts";

/** The message is one sentence that names the variable and what it should be. */
export class WrongSettings extends Error {
  override readonly name = "WrongSettings";
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the options of `startAdmin` from environment variables. Throws WrongSettings. */
export const settingsFrom = (
  environment: Environment,
  readFile: (file: string) => string,
): AdminOptions => {
  const missing = Object.keys(required).filter((name) => (environment[name] ?? "") === "");
  if (missing.length > 0) {
    const wanted = missing.map((name) => `${name} (${required[name as Name]})`);
    throw new WrongSettings(`Set ${wanted.join(", ")}.`);
  }
  const value = (name: Name): string => environment[name] ?? "";
  const publicUrl = environment["SALDO_ADMIN_PUBLIC_URL"];
  const host = environment["SALDO_ADMIN_HOST"];
  return {
    port: wholeNumber(environment, "SALDO_ADMIN_PORT", 7_080, 65_535),
    file: value("SALDO_ADMIN_FILE"),
    saldoUrl: address("SALDO_URL", value("SALDO_URL")),
    tokens: tokensFrom(environment, value("SALDO_TOKEN_SCOPE")),
    webhookKey: value("SALDO_ADMIN_WEBHOOK_KEY"),
    approvers: readApprovers(value("SALDO_ADMIN_APPROVERS"), readFile),
    catchUpEveryMs: 1_000 * wholeNumber(environment, "SALDO_ADMIN_CATCH_UP_SECONDS", 30, 86_400),
    ...(host === undefined ? {} : { host }),
    ...(publicUrl === undefined ? {} : { publicUrl: address("SALDO_ADMIN_PUBLIC_URL", publicUrl) }),
  };
};

const required = {
  SALDO_URL: "where Saldo is, such as http://127.0.0.1:7071",
  SALDO_TOKEN_SCOPE: "what to ask tokens for, such as api://saldo-api/.default",
  SALDO_ADMIN_WEBHOOK_KEY: "what every delivery bears as x-saldo-webhook-key",
  SALDO_ADMIN_APPROVERS: "a file like admin/approvers.sample.json",
  SALDO_ADMIN_FILE: "where to keep the store, such as .saldo/admin.sqlite",
};

type Name = keyof typeof required;

/** By a secret if one is given, else by the app's managed identity. */
const tokensFrom = (environment: Environment, scope: string): AccessTokens => {
  const [issuer, clientId, clientSecret] = secretNames.map((name) => environment[name] ?? "");
  if (!issuer || !clientId || !clientSecret) {
    if (!issuer && !clientId && !clientSecret) return byManagedIdentity(scope);
    throw new WrongSettings(`Set all of ${secretNames.join(", ")}, or none of them.`);
  }
  const name = "SALDO_TOKEN_ISSUER";
  return byClientCredentials({ issuer: address(name, issuer), clientId, clientSecret, scope });
};

const secretNames = ["SALDO_TOKEN_ISSUER", "SALDO_CLIENT_ID", "SALDO_CLIENT_SECRET"];

const readApprovers = (file: string, readFile: (file: string) => string): Approver[] => {
  try {
    return approversFrom(readFile(file));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new WrongSettings(`SALDO_ADMIN_APPROVERS names ${file}, which is of no use: ${why}.`);
  }
};

const address = (name: string, text: string): string => {
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return text;
  throw new WrongSettings(`${name} must be an address that begins with http:// or https://.`);
};

const wholeNumber = (
  environment: Environment,
  name: string,
  otherwise: number,
  atMost: number,
): number => {
  const text = environment[name];
  const number = text === undefined || text === "" ? otherwise : Number(text);
  if (Number.isInteger(number) && number >= 0 && number <= atMost) return number;
  throw new WrongSettings(`${name} must be a whole number of at most ${atMost}.`);
};
