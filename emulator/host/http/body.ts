import type { IncomingMessage } from "node:http";

/** Documentation: "Azure Functions HTTP trigger", limits: the request length is at most 100 MB. */
const maxBodyBytes = 104_857_600;

export type RequestBody =
  | { readonly kind: "read"; readonly bytes: Uint8Array }
  | { readonly kind: "too-large" }
  /** Sent in chunks: without HTTP streams Azure hands the function an empty body. */
  | { readonly kind: "chunked" };

/**
 * Reads a whole request body. A chunked one is not read, as in Azure (issue: azure-functions-host
 * #4926).
 * @throws Error when the client goes away before the end
 */
export async function readBody(request: IncomingMessage): Promise<RequestBody> {
  const length = request.headers["content-length"];
  if (length === undefined) {
    const isChunked = request.headers["transfer-encoding"] !== undefined;
    return isChunked ? { kind: "chunked" } : { kind: "read", bytes: new Uint8Array() };
  }
  if (Number(length) > maxBodyBytes) return { kind: "too-large" };
  return { kind: "read", bytes: await readAll(request) };
}

/** Lighter than iterating the stream: a small body comes in one chunk. */
export function readAll(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const [only] = chunks;
      resolve(chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks));
    });
    request.on("error", reject);
    request.on("close", () => {
      if (!request.complete) reject(new Error("The client went away."));
    });
  });
}
