import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from "node:crypto";

/**
 * Makes `scrypt$N$r$p$salt$key` of a password, salt and key in base64url. The costs are OWASP's
 * (Password Storage Cheat Sheet): some tenths of a second and 32 MB for each guess.
 */
export const hashPassword = async (password: string): Promise<string> => {
  const salt = randomBytes(16);
  const key = await derive(password, salt, costs);
  const { N, r, p } = costs;
  return ["scrypt", N, r, p, salt.toString("base64url"), key.toString("base64url")].join("$");
};

export const isPasswordHash = (text: string): boolean => parse(text) !== undefined;

/** Takes as long whether or not the password is right. Throws if the hash is not one. */
export const isPassword = async (password: string, hash: string): Promise<boolean> => {
  const parsed = parse(hash);
  if (parsed === undefined) throw new Error("This is not a hash made by hash-password.ts.");
  return timingSafeEqual(await derive(password, parsed.salt, parsed.costs), parsed.key);
};

type Costs = { N: number; r: number; p: number };

const costs: Costs = { N: 2 ** 15, r: 8, p: 3 };
const keyLengthBytes = 32;
const memoryAtMostBytes = 128 * 1_024 * 1_024;

const parse = (hash: string): { costs: Costs; salt: Buffer; key: Buffer } | undefined => {
  const found = /^scrypt\$(\d{1,7})\$(\d{1,2})\$(\d{1,2})\$([\w-]{16,})\$([\w-]{43})$/.exec(hash);
  const [, N, r, p, salt = "", key = ""] = found ?? [];
  if (found === null) return undefined;
  return {
    costs: { N: Number(N), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, "base64url"),
    key: Buffer.from(key, "base64url"),
  };
};

const derive = (password: string, salt: Buffer, { N, r, p }: Costs): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const options: ScryptOptions = { N, r, p, maxmem: memoryAtMostBytes };
    // NFKC: the same password typed on another keyboard or system is the same.
    scrypt(password.normalize("NFKC"), salt, keyLengthBytes, options, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
