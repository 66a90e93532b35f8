/**
 * Resource ids (`_rid`) as the service forms them: 4 bytes of database, 4 of container, 8 of
 * document, in base64 with "-" for "/". Clients decode them, so their lengths matter.
 */
export function databaseResourceId(database: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(database);
  return encode(bytes);
}

/** Whether a text has the form of a database's resource id. */
export const isDatabaseResourceId = (text: string): boolean => /^[A-Za-z0-9+-]{6}==$/.test(text);

/** The first byte of a container's own part has its top bit set. */
export function containerResourceId(database: number, container: number): string {
  return encode(containerBytes(database, container));
}

/** Gives the ids of a container's documents; `position` is where a document was created. */
export function documentResourceIds(
  database: number,
  container: number,
): (position: number) => string {
  const bytes = Buffer.concat([containerBytes(database, container), Buffer.alloc(8)]);
  return (position) => {
    bytes.writeBigUInt64LE(BigInt(position), 8);
    return encode(bytes);
  };
}

/**
 * The document's own part of its id, as clients compare it to go on within equal sort keys: least
 * significant byte first (npm:@azure/cosmos, RidSkipCountFilter). Undefined for another text.
 */
export function documentNumber(rid: string): bigint | undefined {
  const bytes = Buffer.from(rid.replaceAll("-", "/"), "base64");
  return bytes.length === 16 ? bytes.readBigUInt64LE(8) : undefined;
}

function containerBytes(database: number, container: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32BE(database);
  bytes.writeUInt32BE((container | 0x80000000) >>> 0, 4);
  return bytes;
}

const encode = (bytes: Buffer): string => bytes.toString("base64").replaceAll("/", "-");
