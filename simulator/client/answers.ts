import type { Problem } from "../../contract/client.ts";
import { type Answer, NoAnswer } from "../../contract/call.ts";
import { readProblem } from "./documents.ts";
import { ContractBreach, isObject } from "./json.ts";

export type AnyAnswer = Answer<number, unknown>;

/** The body of the answers of this status. */
type BodyAt<Any extends AnyAnswer, Status extends number> = Extract<
  Any,
  { status: Status }
>["body"];

/** One operation of the contract that is being asked, and what it is, for people. */
type Asking<Any extends AnyAnswer> = { what: string; answer: Promise<Any> };

/**
 * The answer, whatever its status.
 *
 * @throws ContractBreach when the contract does not know such an answer, or what the way there
 *   threw when there was none
 */
export const answered = async <Any extends AnyAnswer>({ answer }: Asking<Any>): Promise<Any> => {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    throw error.cause instanceof Error ? error.cause : new ContractBreach(error.message);
  }
};

/** Reads the answer of the one status that is right here. */
export const readAt = async <Any extends AnyAnswer, Status extends Any["status"], Value>(
  asking: Asking<Any>,
  status: Status,
  read: (body: BodyAt<Any, Status>) => Value,
): Promise<Value> => readBody(asking.what, await answered(asking), status, read);

/** The same; what the contract answers with 404 is undefined. */
export const readOr404 = async <Any extends AnyAnswer, Value>(
  asking: Asking<Any>,
  read: (body: BodyAt<Any, 200>) => Value,
): Promise<Value | undefined> => {
  const answer = await answered(asking);
  return answer.status === 404 ? undefined : readBody(asking.what, answer, 200, read);
};

/** Reads a body; what is wrong with it is told together with what was asked. */
export const readBody = <Value>(
  what: string,
  { status, body }: Pick<AnyAnswer, "status" | "body">,
  expected: number,
  /** Of the body that the contract has for this status. */
  read: (body: never) => Value,
): Value => {
  try {
    if (status !== expected) throw new ContractBreach(`the answer is ${status}: ${told(body)}`);
    if (!isObject(body)) throw new ContractBreach(`the body is no object: ${told(body)}`);
    return read(body as never);
  } catch (error) {
    if (!(error instanceof ContractBreach)) throw error;
    throw new ContractBreach(`${what}: ${error.message}`);
  }
};

/** Why something was refused at the door. */
export const refusalCode = (what: string, answer: AnyAnswer): string =>
  readBody(what, answer, answer.status, (body: Problem) => {
    const { code, status } = readProblem(body);
    const mediaType = answer.headers.get("content-type") ?? "absent";
    if (!mediaType.startsWith("application/problem+json")) {
      throw new ContractBreach(
        `a refusal should be a problem document, but its type is ${mediaType}`,
      );
    }
    if (status === answer.status) return code;
    throw new ContractBreach(`the problem says ${status}, HTTP says ${answer.status}`);
  });

const told = (body: unknown): string => JSON.stringify({ body }).slice(0, 200);
