/** Of two instants as the service shows them; compared as numbers, because one instant has many texts. */
export const isBefore = (one: string, other: string): boolean =>
  Date.parse(one) < Date.parse(other);
