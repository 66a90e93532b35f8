/** A broken invariant: a bug or damaged data, never a business answer. Handling parks what causes it. */
class InvariantBroken extends Error {
  override readonly name = "InvariantBroken";
}

/** Stops the decision when something that must hold does not: money is never moved on a guess. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InvariantBroken(message);
}
