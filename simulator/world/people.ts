import { opaqueId, type Random } from "../random.ts";

export type Person = { name: string; email: string };

/** Names repeat, addresses do not: the role and the run make them unique. */
export const newPerson = (random: Random, role: string, runId: string): Person => {
  const name = random.pick(NAMES);
  return { name, email: `${name.toLowerCase()}.${role}.${runId}@example.com` };
};

/** The id of an account that nobody has. */
export const strangersAccountId = (random: Random): string => opaqueId(random, ACCOUNT_ID_LENGTH);

const ACCOUNT_ID_LENGTH = 16;

const NAMES = (
  "Ada Alan Annie Barbara Claude Dana Dorothy Edsger Emmy Frances Grace Hedy Ivan Jean John " +
  "Karen Katherine Ken Leslie Lynn Margaret Mary Niklaus Radia Robin Shafi Sophie Tony Vint"
).split(" ");
