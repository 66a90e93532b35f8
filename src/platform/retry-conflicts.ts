import { PlatformFault } from "./platform-fault.ts";

/**
 * Optimistic concurrency: tries again while somebody else is faster, which an attempt tells by `false`. Throws `PlatformFault`
 * after as many attempts; `on` says what they were about.
 */
export async function retryConflicts(
  { attempts, on }: { readonly attempts: number; readonly on: string },
  attempt: (conflicts: number) => Promise<boolean>,
): Promise<void> {
  for (let conflicts = 0; conflicts < attempts; conflicts += 1)
    if (await attempt(conflicts)) return;
  throw new PlatformFault(`${attempts} conflicts in a row on ${on}`);
}
