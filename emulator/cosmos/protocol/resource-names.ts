import { badRequest } from "./errors.ts";
import { isDatabaseResourceId } from "../resource-ids.ts";
import type { Resources } from "../storage/resources.ts";

/** A path is addressed by resource ids if its database is. */
export const isByResourceId = ([root, database = ""]: readonly string[]): boolean =>
  root === "dbs" && isDatabaseResourceId(database);

/**
 * Puts the names of a database and a container in the place of their resource ids, by which clients
 * may address them too, and the .NET client does (`_self` in the bodies of resources). A name that
 * looks like a resource id comes first. What is not known stays as it is. Throws 400 for a document.
 */
export function byName(resources: Resources, segments: readonly string[]): readonly string[] {
  const [root, databaseId = "", kind, containerId, ...rest] = segments;
  if (!isByResourceId(segments) || resources.database(databaseId) !== undefined) return segments;
  const database = resources.databases().find(({ rid }) => rid === databaseId);
  if (root === undefined || database === undefined) return segments;
  if (kind === undefined) return [root, database.id];
  if (kind !== "colls" || containerId === undefined) {
    return [root, database.id, ...segments.slice(2)];
  }
  const [child, documentId] = rest;
  if (child === "docs" && documentId !== undefined) {
    throw badRequest("A document can not be addressed by its _rid here: use names and its id.");
  }
  const container = resources.containers(database).find(({ rid }) => rid === containerId);
  return [root, database.id, kind, container?.id ?? containerId, ...rest];
}
