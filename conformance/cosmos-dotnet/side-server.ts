import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export type Commands = Readonly<Record<string, (body: string) => void>>;

/**
 * The server by which the .NET program sets faults, moves the clock and reports: POST of a command's
 * name and its argument below an address that only the program is told. 400 says what was wrong.
 */
export async function openSideServer(
  commands: Commands,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const secret = randomUUID();
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (text: string) => (body += text));
    request.on("end", () => {
      const [, given, name = ""] = request.url?.split("/") ?? [];
      const command =
        given === secret && Object.hasOwn(commands, name) ? commands[name] : undefined;
      response.statusCode = command === undefined ? 404 : 200;
      try {
        command?.(body);
        response.end();
      } catch (error) {
        response.statusCode = 400;
        response.end(String(error));
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/${secret}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
