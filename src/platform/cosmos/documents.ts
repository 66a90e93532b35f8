/** A Cosmos container as the stages see it: documents in logical partitions, guarded by etags. */

export type StoredDocument = { readonly id: string };

/** A document with the etag it had when it was read or written. */
export type Versioned<D> = { readonly document: D; readonly etag: string };

/** One write of a transaction within a logical partition. */
export type Write<D> = { readonly kind: "create" | "upsert"; readonly document: D } | Increment;

/**
 * Adds to numbers of a document without reading it ("Partial document update in Azure Cosmos DB", operation `incr`).
 * Both records go by the names of the document's own properties, at most ten.
 */
type Increment = {
  readonly kind: "increment";
  readonly id: string;
  readonly by: Readonly<Record<string, number>>;
  /** Only if they have these values now. */
  readonly from?: Readonly<Record<string, number>>;
};

export type Query = {
  /**
   * Selects whole documents, or no text that a person has written: such a text may be stored escaped, and only its
   * document tells (stored-texts.ts). Instants compare and sort as texts, because all are stored in one form.
   */
  readonly text: string;
  readonly parameters?: Readonly<Record<string, string | number | readonly string[]>>;
  /** Without it the query visits every partition. */
  readonly partition?: string;
};

/** All partition keys of this app are texts; others are only met in what somebody else has stored. Absent: undefined. */
export type PartitionKey = string | number | boolean | null | undefined;

/**
 * All methods throw `PlatformFault` when the platform could not do it (the outcome of a write is then unknown), and
 * `DocumentRefused` when it never will.
 */
export type Documents<D extends StoredDocument> = {
  /** `undefined` if the id is taken in this partition. */
  create(partition: string, document: D): Promise<string | undefined>;
  read(partition: PartitionKey, id: string): Promise<Versioned<D> | undefined>;
  /** Answers the new etag; `undefined` if the document is no longer the one with this etag. */
  replace(partition: string, document: D, etag: string): Promise<string | undefined>;
  upsert(partition: string, document: D): Promise<void>;
  /** `false` if there was nothing (of this etag) to delete. */
  remove(partition: PartitionKey, id: string, etag?: string): Promise<boolean>;
  /**
   * All writes or none; `false` if one of them does not find what it expects: the id to create is taken, what to
   * increment is missing or has other values.
   */
  transact(partition: string, writes: readonly Write<D>[]): Promise<boolean>;
  /** All results, whatever their number: for queries that are bounded by what they ask. */
  query<Result>(query: Query): Promise<readonly Result[]>;
};
