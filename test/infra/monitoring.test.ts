/** Alerts, queries, runbooks and the metrics that the app sends belong together. */
import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { workbook } from "../../infra/monitoring/workbook.ts";
import { bicepFiles, of, readInfra } from "./bicep/files.ts";
import { type Expression, objectIn, textOf, valueAt } from "./bicep/syntax.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const alertsFile = bicepFiles().find(({ path }) => path === "modules/alerts.bicep");
const queryAlerts = listed("queryAlerts");
const metricAlerts = listed("metricAlerts");
const nameOf = (alert: Expression): string => textOf(valueAt(alert, "name")) ?? "";

for (const alert of queryAlerts)
  describe(`the alert ${nameOf(alert)}`, () => {
    const query = readInfra(`monitoring/queries/${nameOf(alert)}.kql`);

    test("asks the query of its name", () => {
      const loaded = valueAt(alert, "query");
      assert.equal(loaded?.kind, "call");
      const path = `../monitoring/queries/${nameOf(alert)}.kql`;
      assert.equal(textOf(loaded.arguments[0]), path);
    });

    test("looks at a column that the query gives, by dimensions that it gives", () => {
      assert.match(query, /\bvalue = /);
      const dimensions = valueAt(alert, "dimensions");
      assert.equal(dimensions?.kind, "array");
      for (const dimension of dimensions.items)
        assert.match(query, new RegExp(`\\b${textOf(dimension) ?? ""} = `));
    });
  });

test("every alert has a runbook, and every runbook an alert", () => {
  const alerts = [...queryAlerts, ...metricAlerts].map(nameOf);
  for (const name of alerts) assert.ok(existsSync(`${root}/docs/runbooks/${name}.md`), name);
  const others = ["README", "rotate-keys"];
  const runbooks = globSync("docs/runbooks/*.md", { cwd: root }).map((path) =>
    basename(path, ".md"),
  );
  assert.deepEqual(runbooks.toSorted(), [...alerts, ...others].toSorted());
});

test("every query is asked, by an alert or by the workbook", () => {
  const asked = new Set(queryAlerts.map(nameOf));
  workbook((name) => {
    asked.add(name);
    return "";
  });
  const queries = globSync("infra/monitoring/queries/*.kql", { cwd: root });
  assert.deepEqual(queries.map((path) => basename(path, ".kql")).toSorted(), [...asked].toSorted());
});

test("the queries ask for metrics that the app sends", () => {
  const sent = readFileSync(`${root}/src/platform/telemetry/metrics.ts`, "utf8");
  for (const path of globSync("infra/monitoring/queries/*.kql", { cwd: root })) {
    const query = readFileSync(`${root}/${path}`, "utf8");
    for (const [metric] of query.matchAll(/"saldo\.[a-z_.]+"/g))
      assert.ok(sent.includes(metric), `${basename(path)} asks for ${metric}`);
  }
});

/** The alerts that a variable of alerts.bicep lists. */
function listed(name: string): readonly Expression[] {
  const variable = alertsFile && of(alertsFile, "var").find((one) => one.name === name);
  assert.ok(variable?.value.kind === "array", `alerts.bicep lists no ${name}`);
  const { items } = variable.value;
  assert.ok(items.length > 0);
  for (const item of items) assert.ok(objectIn(item));
  return items;
}
