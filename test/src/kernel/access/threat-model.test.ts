/** The threat model in docs/security.md names a guarding test for each threat: they must be there. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";

const page = new URL("../../../../docs/security.md", import.meta.url);

type Threat = { readonly name: string; readonly guards: readonly Guard[] };
type Guard = { readonly title: string; readonly file: URL };

function threatsIn(text: string): readonly Threat[] {
  const [, section = ""] = text.split("\n## Threats\n");
  const [table = ""] = section.split("\n## ");
  const [, , ...rows] = table.split("\n").filter((line) => line.startsWith("|"));
  return rows.map((row) => {
    const [, name = "", , guards = ""] = row.split("|").map((cell) => cell.trim());
    const links = [...guards.matchAll(/\[((?:[^[\]]|\[[^\]]*\])+)\]\(([^)]+\.ts)\)/g)];
    return {
      name,
      guards: links.map(([, title = "", path = ""]) => ({ title, file: new URL(path, page) })),
    };
  });
}

/** The titles of a file's tests, as they are reported; what a template fills in is left out. */
function titlesIn(file: URL): readonly string[] {
  const source = readFileSync(file, "utf8");
  const quoted = /\b(?:it|test)\(\s*(?:"((?:[^"\\]|\\.)+)"|`((?:[^`\\]|\\.)+)`)/g;
  const direct = [...source.matchAll(quoted)].map(([, plain, filled]) => plain ?? filled ?? "");
  // Tables of tests have their titles as the first member of each row.
  const listed = [...source.matchAll(/^\s*\[\s*"([^"]+)",/gm)].map(([, title = ""]) => title);
  return [...direct, ...listed];
}

const threats = threatsIn(readFileSync(page, "utf8"));

describe("The threat model", () => {
  it("covers all of STRIDE", () => {
    const kinds = threats.map(({ name }) => /^\*\*(.+)\*\*/.exec(name)?.[1]).filter(Boolean);
    assert.deepEqual(kinds, [
      "Spoofing",
      "Tampering",
      "Repudiation",
      "Information disclosure",
      "Denial of service",
      "Elevation of privilege",
    ]);
  });

  for (const { name, guards } of threats)
    it(`names tests that there are: ${name}`, () => {
      assert.ok(guards.length > 0, "nothing guards it");
      for (const { title, file } of guards) {
        assert.ok(existsSync(file), file.pathname);
        const isThere = titlesIn(file).some((known) => {
          const parts = known.split(/\$\{[^}]*\}/);
          return (
            parts.some((part) => part.trim().length > 8 && part.includes(title)) || known === title
          );
        });
        const isDoor = file.pathname.endsWith("/e2e/access.test.ts") && /^(GET|POST) /.test(title);
        assert.ok(isThere || isDoor, `${file.pathname} has no test "${title}"`);
      }
    });
});
