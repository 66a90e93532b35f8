import { createHmac } from "node:crypto";

/** An account of blob storage. */
export type StorageAccount = {
  readonly name: string;
  readonly key: string;
  /** Without a trailing slash; of Azurite it ends in the account's name. */
  readonly blobEndpoint: string;
};

const serviceVersion = "2021-12-02";

/**
 * The headers that authorize a request without a body (documentation: "Authorize with Shared Key",
 * signature string of 2015-02-21 and later).
 */
export function sharedKeyHeaders(
  account: StorageAccount,
  method: "GET" | "PUT",
  url: URL,
): Readonly<Record<string, string>> {
  const headers = { "x-ms-date": new Date().toUTCString(), "x-ms-version": serviceVersion };
  // None of the eleven standard headers, from Content-Encoding to Range, has a value.
  const standardHeaders = Array.from({ length: 11 }, () => "");
  const parameters = [...url.searchParams].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const toSign = [
    method,
    ...standardHeaders,
    ...Object.entries(headers).map(([name, value]) => `${name}:${value}`),
    `/${account.name}${url.pathname}`,
    ...parameters.map(([name, value]) => `${name}:${value}`),
  ].join("\n");
  const secret = Buffer.from(account.key, "base64");
  const signature = createHmac("sha256", secret).update(toSign).digest("base64");
  return { ...headers, authorization: `SharedKey ${account.name}:${signature}` };
}
