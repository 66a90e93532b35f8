import type { Decider } from "../../../domain/kernel/decider.ts";

/** Of a command that an operator has discarded: no rule of the stream's own says it. */
export const discarded = { code: "discarded", detail: "An operator has discarded it." } as const;

/** One sentence for people about a rejection code. */
export function explainRejection(decider: Pick<Decider, "explain">, code: string): string {
  return code === discarded.code ? discarded.detail : decider.explain(code);
}
