import type { IncomingMessage } from "node:http";
import { readBody as readWithin } from "../../shared/http/body.ts";

/** Documentation: "Azure Functions HTTP trigger", limits: the request length is at most 100 MB. */
const maxBodyBytes = 104_857_600;

export type RequestBody =
  | { readonly kind: "read"; readonly bytes: Uint8Array }
  /** Sent in chunks: without HTTP streams Azure hands the function an empty body. */
  | { readonly kind: "chunked" };

/**
 * Reads a whole request body. A chunked one is not read, as in Azure (issue: azure-functions-host
 * #4926).
 * @throws BodyTooLarge; Error when the client goes away before the end
 */
export async function readBody(request: IncomingMessage): Promise<RequestBody> {
  const length = request.headers["content-length"];
  if (length === undefined) {
    const isChunked = request.headers["transfer-encoding"] !== undefined;
    return isChunked ? { kind: "chunked" } : { kind: "read", bytes: new Uint8Array() };
  }
  return { kind: "read", bytes: await readAll(request) };
}

/** @throws BodyTooLarge; Error when the client goes away before the end */
export function readAll(request: IncomingMessage): Promise<Buffer> {
  return readWithin(request, maxBodyBytes);
}
