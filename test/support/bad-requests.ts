/** Requests that nobody should send to a web app: each is answered, and the app lives on. */
import assert from "node:assert/strict";
import { exchange, type RawAnswer, requestText, sendAndVanish, sendEndlessly } from "./raw-http.ts";

export type Target = {
  readonly url: string;
  /** Answered with 200 to everybody, e.g. `GET /`. */
  readonly reading: string;
  /** Takes a form, e.g. `POST /sign-in`. */
  readonly writing: string;
};

const mebibyte = 1_048_576;
const form = { "content-type": "application/x-www-form-urlencoded" };

export async function assertSurvives({ url, reading, writing }: Target): Promise<void> {
  const { host, origin } = new URL(url);
  const ask = (line: string, headers: Record<string, string> = {}, body = ""): Promise<RawAnswer> =>
    exchange(url, requestText(line, { host, origin, ...headers }, body));
  const isAlive = async (what: string): Promise<void> => {
    assert.equal((await ask(reading)).status, 200, `after ${what}`);
  };

  const large = await ask(writing, form, "x".repeat(9 * mebibyte));
  assert.equal(large.status, 413, "a large body");
  await isAlive("a large body");

  const endless = await sendEndlessly(url, writing, { origin, ...form });
  assert.equal(endless.status, 413, "a body without an end");
  assert.ok(endless.sentBytes < 128 * mebibyte, `${endless.sentBytes} bytes were taken`);
  await isAlive("a body without an end");

  const whole = requestText(writing, { host, origin, ...form }, "x".repeat(1_000));
  for (const bytes of [whole.slice(0, 20), whole.slice(0, -500), whole]) {
    await sendAndVanish(url, bytes);
    await isAlive("a client that went away");
  }

  const [, path = ""] = reading.split(" ");
  for (const bytes of [
    `GET ${path} HTTP/9.9\r\nHost: ${host}\r\n\r\n`,
    `G(T ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
    `GET ${path} HTTP/1.1\r\n\r\n`,
    `GET ${path} HTTP/1.1\r\nHost: [\r\nConnection: close\r\n\r\n`,
    `GET ${path} HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n`,
    `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: many\r\n\r\n`,
  ]) {
    assert.equal((await exchange(url, bytes)).status, 400, bytes);
    await isAlive(bytes);
  }
  for (const target of [
    "*",
    "ftp://127.0.0.1/",
    "http://",
    "//",
    "/%",
    "/%zz/%",
    "/\xff",
    "/%00",
  ]) {
    const { status } = await ask(`GET ${target}`);
    assert.ok([302, 303, 400, 404].includes(status), `${target}: ${status}`);
    await isAlive(target);
  }
}
