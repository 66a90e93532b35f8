/** The Bicep files of infra/, read. */
import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { parseBicep } from "./parse.ts";
import { everyExpression, type Expression, type Resource, type Statement } from "./syntax.ts";

const infra = fileURLToPath(new URL("../../../infra", import.meta.url));

export type BicepFile = {
  /** Below infra/, such as `modules/cosmos.bicep`. */
  readonly path: string;
  readonly statements: readonly Statement[];
};

export function bicepFiles(): BicepFile[] {
  return globSync("**/*.bicep", { cwd: infra }).map((path) => ({
    path,
    statements: parseBicep(readInfra(path)),
  }));
}

/** A file below infra/, as text. */
export function readInfra(path: string): string {
  return readFileSync(join(infra, path), "utf8");
}

/** What a file means by a path relative to itself, as a path below infra/. */
export function seenFrom({ path }: BicepFile, relative: string): string {
  return normalize(join(dirname(path), relative));
}

export function of<Kind extends Statement["kind"]>(
  file: BicepFile,
  kind: Kind,
): Extract<Statement, { kind: Kind }>[] {
  return file.statements.filter((statement) => statement.kind === kind) as Extract<
    Statement,
    { kind: Kind }
  >[];
}

export function resourcesOf(file: BicepFile): Resource[] {
  const withInside = (resource: Resource): Resource[] => [
    resource,
    ...resource.inside.flatMap(withInside),
  ];
  return of(file, "resource").flatMap(withInside);
}

/** The expressions that a statement holds, each with everything in it. */
export function expressionsOf(statement: Statement): Expression[] {
  return rootsOf(statement).flatMap((root) => [...everyExpression(root)]);
}

export function rootsOf(statement: Statement): Expression[] {
  const decorated = statement.decorators.flatMap((decorator) => decorator.arguments);
  return [...decorated, ...ownRootsOf(statement)];
}

function ownRootsOf(statement: Statement): Expression[] {
  switch (statement.kind) {
    case "targetScope":
    case "var":
    case "output":
      return [statement.value];
    case "import":
      return [];
    case "param":
      return statement.otherwise === undefined ? [] : [statement.otherwise];
    case "module":
      return [statement.body];
    case "resource":
      return rootsOfResource(statement);
  }
}

function rootsOfResource({ condition, body, inside }: Resource): Expression[] {
  return [
    ...(condition === undefined ? [] : [condition]),
    body,
    ...inside.flatMap(rootsOfResource),
  ];
}
