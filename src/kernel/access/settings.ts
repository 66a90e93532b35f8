/** The application settings that say who may come in. There is none that lets everybody in. */
import type { Rate } from "./rate-limit.ts";

export type AccessSettings = {
  /** Of OpenID Connect: what the tokens' `iss` says. */
  readonly issuer: string;
  /** What the tokens' `aud` says. */
  readonly audience: string;
  /**
   * What an app must be allowed to do for a person, in the form in which it is asked for: `api://{audience}/access`, unless
   * told. The tokens' `scp` says its last part alone.
   */
  readonly scope: string;
  /** For each caller that is known. */
  readonly callerRate: Rate;
  /** For each address that sends requests without a valid token. */
  readonly strangerRate: Rate;
  /** One's own proxies before the app: see client-address.ts. */
  readonly proxies: number;
};

/** Throws if it is not said who may come in: then the app does not start. Open by omission, it would be everybody. */
export function readAccessSettings(environment: NodeJS.ProcessEnv = process.env): AccessSettings {
  const positive = (name: string, otherwise: number): number =>
    wholeNumber(environment, name, { otherwise, least: 1 });
  const audience = required(environment, "IDENTITY_AUDIENCE");
  return {
    issuer: issuerIn(environment),
    audience,
    scope: environment["IDENTITY_SCOPE"] ?? `api://${audience}/access`,
    callerRate: {
      perSecond: positive("CALLER_REQUESTS_PER_SECOND", 50),
      burst: positive("CALLER_REQUESTS_AT_ONCE", 200),
    },
    strangerRate: {
      perSecond: positive("STRANGER_REQUESTS_PER_SECOND", 5),
      burst: positive("STRANGER_REQUESTS_AT_ONCE", 50),
    },
    proxies: wholeNumber(environment, "PROXIES", { otherwise: 0, least: 0 }),
  };
}

function required(environment: NodeJS.ProcessEnv, name: string): string {
  const value = environment[name];
  if (value !== undefined && value !== "") return value;
  throw new Error(`The setting ${name} is missing: without it nobody could come in.`);
}

/**
 * By https: whoever could change the issuer's keys on the way could let anybody in. By http of this very machine, but not
 * in Azure, where App Service sets `WEBSITE_SITE_NAME` ("Environment variables and app settings in Azure App Service").
 */
function issuerIn(environment: NodeJS.ProcessEnv): string {
  const text = required(environment, "IDENTITY_ISSUER");
  const address = URL.parse(text);
  const isHere =
    address?.protocol === "http:" &&
    ["127.0.0.1", "localhost"].includes(address.hostname) &&
    environment["WEBSITE_SITE_NAME"] === undefined;
  if (address?.protocol === "https:" || isHere) return text;
  throw new Error("The setting IDENTITY_ISSUER must be an https address.");
}

function wholeNumber(
  environment: NodeJS.ProcessEnv,
  name: string,
  { otherwise, least }: { readonly otherwise: number; readonly least: number },
): number {
  const value = Number(environment[name] ?? otherwise);
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new Error(`The setting ${name} must be a whole number of at least ${least}.`);
}
