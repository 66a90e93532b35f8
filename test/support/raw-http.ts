/** HTTP as bytes on a socket: what no client library would send, answered by a real server. */
import { connect, type Socket } from "node:net";

export type RawAnswer = {
  /** 0 when the connection was closed without an answer. */
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  /** How much was sent by the time that the server closed the connection. */
  readonly sentBytes: number;
};

/** A request with its headers and a body of known length; `Connection: close` ends the connection after the answer. */
export function requestText(
  line: string,
  headers: Readonly<Record<string, string>>,
  body = "",
): string {
  const length = body === "" ? {} : { "content-length": String(Buffer.byteLength(body)) };
  const all = Object.entries({ connection: "close", ...length, ...headers });
  const head = [`${line} HTTP/1.1`, ...all.map(([name, value]) => `${name}: ${value}`)];
  return `${head.join("\r\n")}\r\n\r\n${body}`;
}

/** Sends these bytes, and gives what the server answered by the time that it closed the connection. */
export async function exchange(url: string, bytes: string): Promise<RawAnswer> {
  return answered(open(url), function* () {
    yield bytes;
  });
}

/** Sends the head of a request and then a body without an end, until the server closes the connection. */
export async function sendEndlessly(
  url: string,
  line: string,
  headers: Readonly<Record<string, string>> = { "content-type": "application/json" },
): Promise<RawAnswer> {
  const all = { host: new URL(url).host, "transfer-encoding": "chunked", ...headers };
  const head = requestText(line, all);
  const chunk = `10000\r\n${" ".repeat(65_536)}\r\n`;
  return answered(open(url), function* () {
    yield head;
    for (;;) yield chunk;
  });
}

/** Sends the beginning of a request and goes away, as a client that is killed. */
export async function sendAndVanish(url: string, bytes: string): Promise<void> {
  const socket = open(url);
  socket.on("error", () => undefined);
  await new Promise<void>((resolve) => {
    socket.write(bytes, () => {
      resolve();
    });
  });
  await new Promise<void>((resolve) => {
    socket.once("close", () => {
      resolve();
    });
    socket.resetAndDestroy();
  });
}

function open(url: string): Socket {
  const { hostname, port } = new URL(url);
  return connect(Number(port), hostname);
}

function answered(socket: Socket, pieces: () => Generator<string, void>): Promise<RawAnswer> {
  const received: Buffer[] = [];
  let isClosed = false;
  let sentBytes = 0;
  const sending = pieces();
  const send = (): void => {
    if (isClosed || !socket.writable) return;
    const next = sending.next();
    if (next.done === true) return;
    socket.write(next.value, () => {
      sentBytes += Buffer.byteLength(next.value);
      send();
    });
  };
  return new Promise((resolve) => {
    socket.on("connect", send);
    socket.on("data", (chunk: Buffer) => received.push(chunk));
    // A server that refuses a body resets the connection in the end: its answer has come before.
    socket.on("error", () => undefined);
    socket.on("close", () => {
      isClosed = true;
      resolve({ ...parsed(Buffer.concat(received).toString()), sentBytes });
    });
  });
}

function parsed(text: string): Omit<RawAnswer, "sentBytes"> {
  const [head = "", body = ""] = text.split(/\r\n\r\n(.*)/s);
  const [statusLine = "", ...lines] = head.split("\r\n");
  const headers = lines.map((line): [string, string] => {
    const [name = "", value = ""] = line.split(/: *(.*)/s);
    return [name.toLowerCase(), value];
  });
  return { status: Number(statusLine.split(" ")[1] ?? 0), headers: new Map(headers), body };
}
