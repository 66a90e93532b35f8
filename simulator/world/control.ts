/**
 * Lets time pass for the whole emulated Azure, by its control door.
 *
 * @throws Error when the door is shut or there is none
 */
export const advanceClock = async (control: URL, ms: number): Promise<void> => {
  const answer = await fetch(new URL("/clock/advance", control), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ms }),
  });
  if (!answer.ok) {
    throw new Error(`The control door ${control.origin} answered ${answer.status}.`);
  }
};
