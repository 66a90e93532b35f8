/**
 * The HTTP client below the Azure SDKs. Their own spends most of a call's CPU in its HTTP stack; undici's keep-alive
 * pool needs about half (docs/adr/0005). Retries stay where they were: in the SDK's policies above this.
 */
import {
  createHttpHeaders,
  type HttpClient,
  type PipelineRequest,
  type PipelineResponse,
  RestError,
} from "@azure/core-rest-pipeline";
import { type Dispatcher, request as send } from "undici";
import { count } from "../telemetry/metrics.ts";

export const transport: HttpClient = {
  async sendRequest(request: PipelineRequest): Promise<PipelineResponse> {
    const { body } = request;
    if (body !== undefined && body !== null && typeof body !== "string")
      throw new Error("This transport sends text bodies only.");
    try {
      const response = await send(request.url, {
        method: request.method as Dispatcher.HttpMethod,
        headers: request.headers.toJSON(),
        body: body ?? null,
        headersTimeout: request.timeout,
        signal: (request.abortSignal as AbortSignal | undefined) ?? null,
      });
      if (response.statusCode === 429)
        count("saldo.throttled", { host: new URL(request.url).host });
      const headers = createHttpHeaders();
      for (const [name, value] of Object.entries(response.headers))
        if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(", ") : value);
      return {
        request,
        status: response.statusCode,
        headers,
        bodyAsText: await response.body.text(),
      };
    } catch (error) {
      throw new RestError(error instanceof Error ? error.message : String(error), {
        code: codeOf(error) ?? RestError.REQUEST_SEND_ERROR,
        request,
      });
    }
  },
};

function codeOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  const { code } = error;
  if (code === "UND_ERR_HEADERS_TIMEOUT" || code === "UND_ERR_CONNECT_TIMEOUT") return "ETIMEDOUT";
  if (code === "UND_ERR_SOCKET") return "ECONNRESET";
  return typeof code === "string" ? code : undefined;
}
