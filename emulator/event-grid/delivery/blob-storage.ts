import { createHmac } from "node:crypto";
import type { HttpClient } from "./http-client.ts";

/** The account a connection string names. */
type StorageAccount = {
  readonly name: string;
  readonly key: string;
  /** Without a trailing slash; of Azurite it ends in the account's name. */
  readonly blobEndpoint: string;
};

const serviceVersion = "2021-12-02";

/** Of Azurite, documented for everybody ("Use the Azurite emulator", well-known account). */
const developmentAccount: StorageAccount = {
  name: "devstoreaccount1",
  key: "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
  blobEndpoint: "http://127.0.0.1:10000/devstoreaccount1",
};

/**
 * Reads a storage connection string (documentation: "Configure Azure Storage connection strings").
 * @throws Error when it names no account with a key
 */
export function parseConnectionString(text: string): StorageAccount {
  const fields = new Map(
    text.split(";").map((field): [string, string] => {
      const [name = "", ...value] = field.split("=");
      return [name.trim().toLowerCase(), value.join("=").trim()];
    }),
  );
  if (fields.get("usedevelopmentstorage") === "true") return developmentAccount;
  const name = fields.get("accountname");
  const key = fields.get("accountkey");
  if (name === undefined || key === undefined) {
    throw new Error("The connection string needs AccountName and AccountKey.");
  }
  const protocol = fields.get("defaultendpointsprotocol") ?? "https";
  const suffix = fields.get("endpointsuffix") ?? "core.windows.net";
  const endpoint = fields.get("blobendpoint") ?? `${protocol}://${name}.blob.${suffix}`;
  return { name, key, blobEndpoint: endpoint.replace(/\/$/, "") };
}

/**
 * Writes a block blob by REST with a Shared Key signature (documentation: "Put Blob" and "Authorize
 * with Shared Key"). Gives the status: 201 when it is written, 404 when there is no such container.
 */
export async function putBlob(
  client: HttpClient,
  account: StorageAccount,
  { path, body }: { readonly path: string; readonly body: string },
): Promise<number> {
  const url = `${account.blobEndpoint}/${path}`;
  const contentType = "application/json";
  const signedHeaders = {
    "x-ms-blob-type": "BlockBlob",
    // Storage compares with its own clock, so time that a test moved does not count here.
    "x-ms-date": new Date().toUTCString(),
    "x-ms-version": serviceVersion,
  };
  const toSign = [
    "PUT",
    "",
    "",
    String(Buffer.byteLength(body)),
    "",
    contentType,
    ...["", "", "", "", "", ""],
    ...Object.entries(signedHeaders).map(([name, value]) => `${name}:${value}`),
    `/${account.name}${new URL(url).pathname}`,
  ].join("\n");
  const secret = Buffer.from(account.key, "base64");
  const signature = createHmac("sha256", secret).update(toSign).digest("base64");
  const { status } = await client.send({
    method: "PUT",
    url,
    headers: {
      ...signedHeaders,
      "content-type": contentType,
      authorization: `SharedKey ${account.name}:${signature}`,
    },
    body,
  });
  return status;
}
