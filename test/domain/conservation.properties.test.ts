/**
 * Conservation of money: any commands on a few accounts, with every consequence and all news delivered late, twice and in
 * any order, some news never. At every moment nothing is made or lost; in the end nothing is in flight, every transfer has
 * ended in exactly one way, and no process is left.
 */
import { describe, test } from "node:test";
import fc from "fast-check";
import type { AccountCommand } from "../../domain/account/account.messages.ts";
import { senderOf, transferIdOf } from "../../domain/account/transfer-id.ts";
import type { CommandEnvelope } from "../../src/kernel/messages/command.ts";
import { accountIds, clientCommand, terms, verdictOn } from "../support/account-commands.ts";
import { commandTo, TransferWorld } from "../support/transfer-world.ts";

const acceptedMs = (number: number): number => Date.parse(terms.requestedAt) + number;

type Wish = {
  readonly accountId: string;
  readonly number: number;
  readonly command: AccountCommand;
};

/** What clients want, and what people say about the transfers among it. */
const wishes: fc.Arbitrary<readonly CommandEnvelope[]> = fc
  .array(
    fc.tuple(fc.constantFrom(...accountIds), fc.nat(9999)).chain(([accountId, number]) =>
      clientCommand(accountId, `c${number}`).map((command): Wish => ({
        accountId,
        number,
        command,
      })),
    ),
    { minLength: 10, maxLength: 60 },
  )
  .chain((wished) => {
    const transferIds = wished
      .filter(({ command }) => command.type === "SendCredits")
      .map(({ accountId, number }) => transferIdOf(accountId, `c${number}`));
    const verdicts = fc.array(
      fc.constantFrom("ada-none", ...transferIds).chain((id) =>
        fc.tuple(verdictOn(id), fc.nat(9999)).map(([command, number]): Wish => ({
          accountId: senderOf(id),
          number: number + 10_000,
          command,
        })),
      ),
      { maxLength: 30 },
    );
    return verdicts.chain((said) =>
      fc.shuffledSubarray([...wished, ...said], { minLength: wished.length + said.length }),
    );
  })
  .map((all) =>
    all.map(({ accountId, number, command }) =>
      commandTo(accountId, `c${number}`, command, acceptedMs(number)),
    ),
  );

/** Takes one of a list, any one. */
function drawFrom<T>(list: T[], draw: (below: number) => number): T | undefined {
  return list.splice(draw(list.length), 1)[0];
}

describe("conservation of money", () => {
  test("holds at every moment, whatever comes late, twice, out of order or never", () => {
    fc.assert(
      fc.property(wishes, fc.infiniteStream(fc.nat(999)), (sequence, dice) => {
        const world = new TransferWorld();
        const draw = (below: number): number => (dice.next().value ?? 0) % Math.max(below, 1);
        world.open(
          accountIds
            .slice(0, 3)
            .map((id, index) => ({ id, currency: index === 2 ? "USD" : "EUR" })),
        );
        const queue = [...sequence];
        const delivered: CommandEnvelope[] = [];
        const heard: TransferWorld["published"] = [];
        const isBusy = (): boolean =>
          queue.length + world.pending.length + world.published.length > 0;

        const step = (): void => {
          const chance = draw(4);
          const command =
            chance === 0 ? queue.shift() : chance < 3 ? drawFrom(world.pending, draw) : undefined;
          if (command !== undefined) {
            world.deliver(command);
            delivered.push(command);
          }
          const event = chance === 3 ? drawFrom(world.published, draw) : undefined;
          const isLost = draw(10) === 0;
          if (event !== undefined && !isLost) {
            world.hear(event);
            heard.push(event);
          }
          const [again, rumour] = [delivered[draw(delivered.length)], heard[draw(heard.length)]];
          if (draw(3) === 0 && again !== undefined) world.deliver(again);
          if (draw(3) === 0 && rumour !== undefined) world.hear(rumour);
          if (draw(20) === 0) world.pass();
          world.check();
        };

        do {
          while (isBusy()) step();
          world.watch();
        } while (isBusy() || world.pass());
        world.checkEnd();
      }),
      { numRuns: 400 },
    );
  });
});
