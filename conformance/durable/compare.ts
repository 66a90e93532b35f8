import type { Management } from "./management.ts";

/** Runs all, in their order, so many at one time. */
export async function runAll<T>(
  items: readonly T[],
  atOneTime: number,
  run: (item: T) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  await Promise.all(
    Array.from({ length: atOneTime }, async () => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) await run(next);
    }),
  );
}

/** What an engine showed, as JSON, without ids and the frames of stacks. */
export async function shownBy(
  { withoutIds }: Management,
  show: () => Promise<unknown>,
): Promise<string> {
  try {
    const text = withoutIds(JSON.stringify(await show()));
    return text.replaceAll(/\\n\s+at .*?(?=\\n|\\"|\)"|")/g, "");
  } catch (error) {
    return `broke off: ${String(error)}`;
  }
}
