import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";

/**
 * As much of blob storage as dead letters need: one account with one container, `letters`, that
 * takes block blobs and checks their Shared Key signatures.
 */
export type BlobStorage = {
  readonly connectionString: string;
  /** Texts of the blobs by name. */
  readonly blobs: ReadonlyMap<string, string>;
  /** Answers this status to everything from now on, or works again. */
  breakDown(status: number | undefined): void;
  /** Requests so far. */
  readonly requests: () => number;
};

const account = "lettersaccount";
const key = Buffer.from("key of the storage account").toString("base64");

export async function openBlobStorage(test: TestContext): Promise<BlobStorage> {
  const blobs = new Map<string, string>();
  let broken: number | undefined;
  let requests = 0;

  const handle = async (request: IncomingMessage): Promise<number> => {
    const body = await readBody(request);
    requests += 1;
    if (broken !== undefined) return broken;
    if (request.headers.authorization !== `SharedKey ${account}:${signatureOf(request)}`)
      return 403;
    const [, container, name] = /^\/([^/]+)\/(.+)$/.exec(request.url ?? "") ?? [];
    if (container !== "letters" || name === undefined) return 404;
    if (request.method !== "PUT" || request.headers["x-ms-blob-type"] !== "BlockBlob") return 400;
    blobs.set(name, body);
    return 201;
  };

  const server = createServer((request, response) => {
    void handle(request).then((status) => response.writeHead(status).end());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  test.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    connectionString: `AccountName=${account};AccountKey=${key};BlobEndpoint=${endpoint}`,
    blobs,
    breakDown: (status) => {
      broken = status;
    },
    requests: () => requests,
  };
}

/** Documentation: "Authorize with Shared Key", signature string of 2015-02-21 and later. */
function signatureOf({ method = "", headers, url = "" }: IncomingMessage): string {
  const header = (name: string): string => String(headers[name] ?? "");
  const standard = [
    "content-encoding",
    "content-language",
    "content-length",
    "content-md5",
    "content-type",
    "date",
    "if-modified-since",
    "if-match",
    "if-none-match",
    "if-unmodified-since",
    "range",
  ];
  const own = Object.keys(headers)
    .filter((name) => name.startsWith("x-ms-"))
    .toSorted();
  const text = [
    method,
    ...standard.map(header),
    ...own.map((name) => `${name}:${header(name)}`),
    `/${account}${url}`,
  ].join("\n");
  return createHmac("sha256", Buffer.from(key, "base64")).update(text).digest("base64");
}

async function readBody(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}
