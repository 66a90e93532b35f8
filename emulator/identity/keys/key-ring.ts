/** The signing keys: made once, kept in a file, published without their private parts. */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type JsonWebKey,
  type KeyObject,
} from "node:crypto";
import { chmodSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";

export type KeyRing = {
  /** What signs at the moment. */
  current(): { readonly keyId: string; readonly privateKey: KeyObject };
  /** The public part of the key of this id, if it is published. */
  find(keyId: string): KeyObject | undefined;
  /** Public parts, the current key first (RFC 7517). */
  published(): { readonly keys: readonly JsonWebKey[] };
  rotate(): Promise<void>;
};

/** As Entra ID signs: "Access token claims reference", header claim `alg`. */
export const signingAlgorithm = "RS256";

/** The one that signs, and the one before it, whose tokens are still under way. */
const keptKeys = 2;

/** A key with its private parts. */
type KeptKey = JsonWebKey & { readonly kid: string };

/** @throws Error when the file is there but does not hold keys */
export async function openKeyRing(file: string): Promise<KeyRing> {
  let keys = read(file);
  if (keys.length === 0) {
    keys = [await newKey()];
    write(file, keys);
  }
  let ring = imported(keys, file);
  return {
    current: () => ring.current,
    find: (keyId) => ring.byId.get(keyId),
    published: () => ring.published,
    rotate: async () => {
      const next = [await newKey(), ...keys].slice(0, keptKeys);
      const turned = imported(next, file);
      write(file, next);
      keys = next;
      ring = turned;
    },
  };
}

type Imported = {
  readonly current: ReturnType<KeyRing["current"]>;
  readonly byId: ReadonlyMap<string, KeyObject>;
  readonly published: ReturnType<KeyRing["published"]>;
};

function imported(keys: readonly KeptKey[], file: string): Imported {
  try {
    const [newest] = keys;
    if (newest === undefined) throw new Error("There is none.");
    const privateKey = createPrivateKey({ key: newest, format: "jwk" });
    return {
      current: { keyId: newest.kid, privateKey },
      byId: new Map(keys.map((key) => [key.kid, createPublicKey({ key, format: "jwk" })])),
      published: { keys: keys.map(publicPart) },
    };
  } catch (error) {
    throw noKeysIn(file, error);
  }
}

async function newKey(): Promise<KeptKey> {
  const pair = await promisify(generateKeyPair)("rsa", { modulusLength: 2_048 });
  const key = pair.privateKey.export({ format: "jwk" });
  return { ...key, kid: thumbprint(key), alg: signingAlgorithm, use: "sig" };
}

/** RFC 7638: of the members that make the key, in this order. */
function thumbprint({ e, kty, n }: JsonWebKey): string {
  return createHash("sha256").update(JSON.stringify({ e, kty, n })).digest("base64url");
}

function publicPart({ kty, kid, alg, use, n, e }: JsonWebKey): JsonWebKey {
  return { kty, kid, alg, use, n, e } as JsonWebKey;
}

function read(file: string): readonly KeptKey[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  const keys = keysIn(text);
  if (keys === undefined) throw noKeysIn(file);
  return keys as KeptKey[];
}

/** Undefined for what is no JSON, or of another shape; what is no key is found out by its import. */
function keysIn(text: string): readonly unknown[] | undefined {
  try {
    const { keys } = JSON.parse(text) as { keys?: unknown };
    return Array.isArray(keys) ? keys : undefined;
  } catch {
    return undefined;
  }
}

function noKeysIn(file: string, cause?: unknown): Error {
  const message = `${file} does not hold signing keys. Delete it, and new ones are made: people sign in again.`;
  return new Error(message, { cause });
}

/** By a rename, so that a process killed meanwhile leaves the earlier keys or these; for its owner alone. */
function write(file: string, keys: readonly KeptKey[]): void {
  const draft = `${file}.new`;
  writeFileSync(draft, JSON.stringify({ keys }), { flush: true, mode: 0o600 });
  chmodSync(draft, 0o600);
  renameSync(draft, file);
}
