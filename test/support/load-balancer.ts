import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { after } from "node:test";

/**
 * Shares connections out among instances, in turn, as the front end of a function app does; whoever does not answer is
 * passed over. What was under way on an instance that dies is lost to its client. `urls` may grow.
 */
export async function balanceLoad(urls: readonly string[]): Promise<string> {
  let turn = 0;
  const server = createServer({ pauseOnConnect: true }, (client) => {
    const ports = urls.map((url) => Number(new URL(url).port));
    const first = (turn += 1);
    const offer = (offset: number): void => {
      const port = ports[(first + offset) % ports.length];
      if (offset === ports.length || port === undefined) {
        client.destroy();
        return;
      }
      const instance = connect(port, "127.0.0.1");
      const passOver = (): void => {
        offer(offset + 1);
      };
      instance.once("error", passOver);
      instance.once("connect", () => {
        instance.off("error", passOver);
        join(client, instance);
      });
    };
    offer(0);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  after(() => {
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Two ends of one connection: they live and die together. */
function join(client: Socket, instance: Socket): void {
  for (const [one, other] of [
    [client, instance],
    [instance, client],
  ] as const) {
    one.pipe(other);
    one.once("error", () => other.destroy());
    one.once("close", () => other.destroy());
  }
}
