import { account } from "./account/account.ts";
import { accountReactions } from "./account/account.reactions.ts";
import { assert } from "./kernel/assert.ts";
import type { Decider, Reactor } from "./kernel/decider.ts";
import { parseStream } from "./kernel/streams.ts";

/** Every aggregate there is: the pipeline, the property suite and the docs are driven by this list. */
export const deciders: readonly Decider[] = [account];

/** Every primary reaction there is. */
const reactors: readonly Reactor[] = [accountReactions];

/** The decider in charge of a stream. */
export function deciderOf(stream: string): Decider {
  const { category } = parseStream(stream);
  const decider = deciders.find((candidate) => candidate.category === category);
  assert(decider !== undefined, `no decider for the category of stream ${stream}`);
  return decider;
}

/** The reactions to a stream's events, if its category has any. */
export function reactorOf(stream: string): Reactor | undefined {
  const { category } = parseStream(stream);
  return reactors.find((candidate) => candidate.category === category);
}
