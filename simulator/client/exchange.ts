import type { HttpAnswer, HttpRequest, SendRequest } from "./http.ts";
import { ContractBreach } from "./json.ts";

type ReadBody<Value> = (body: string, answer: HttpAnswer) => Value;

/** An answer that remembers its question, so that a breach of the contract can name it. */
export type Exchange = {
  statusCode: number;
  read: <Value>(expected: readonly number[], read: ReadBody<Value>) => Value;
  readOr404: <Value>(read: ReadBody<Value>) => Value | undefined;
};

export const exchange = async (send: SendRequest, request: HttpRequest): Promise<Exchange> => {
  const answer = await send(request);
  const { statusCode } = answer;
  const read: Exchange["read"] = (expected, readBody) => {
    try {
      if (expected.includes(statusCode)) return readBody(answer.text, answer);
      throw new ContractBreach(`the answer is ${statusCode}: ${answer.text.slice(0, 200)}`);
    } catch (error) {
      if (!(error instanceof ContractBreach)) throw error;
      throw new ContractBreach(`${request.method} ${request.path}: ${error.message}`);
    }
  };
  return {
    statusCode,
    read,
    readOr404: (readBody) => (statusCode === 404 ? undefined : read([200], readBody)),
  };
};
