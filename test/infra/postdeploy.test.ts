import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { deploymentFrom, finishDeployment } from "../../infra/hooks/postdeploy.ts";
import { bicepFiles, of } from "./bicep/files.ts";

const deployment = deploymentFrom({
  AZURE_SUBSCRIPTION_ID: "subscription",
  AZURE_RESOURCE_GROUP: "group",
  FUNCTION_APP_NAME: "func",
  FUNCTION_APP_URL: "https://func.example",
  ADMIN_APP_NAME: "admin",
  ADMIN_APP_URL: "https://admin.example",
  EVENT_GRID_TOPIC_NAME: "topic",
  STORAGE_ACCOUNT_NAME: "storage",
  DEAD_LETTERS_CONTAINER_NAME: "dead-letters",
  KEY_VAULT_NAME: "vault",
});

/** A subscription with a vault, behind the Azure CLI as the hook calls it. */
function azure({ refusals = 0 } = {}) {
  const secrets = new Map<string, string>();
  const secretFiles: string[] = [];
  const done: string[] = [];
  let leftToRefuse = refusals;
  return {
    secrets,
    secretFiles,
    done,
    az: (...args: string[]): Promise<string> => {
      const after = (option: string): string => args[args.indexOf(option) + 1] ?? "";
      const command = args
        .slice(
          0,
          args.findIndex((arg) => arg.startsWith("--")),
        )
        .join(" ");
      if (command === "keyvault secret list" && leftToRefuse > 0) {
        leftToRefuse -= 1;
        return Promise.reject(new Error("(Forbidden) Caller is not authorized"));
      }
      done.push(command);
      switch (command) {
        case "keyvault secret list":
          return Promise.resolve(JSON.stringify([...secrets.keys()]));
        case "keyvault secret set":
          secretFiles.push(after("--file"));
          secrets.set(after("--name"), readFileSync(after("--file"), "utf8"));
          return Promise.resolve("");
        default:
          return Promise.resolve("");
      }
    },
  };
}

type Cloud = ReturnType<typeof azure>;

const statuses: Readonly<Record<string, number>> = {
  "https://func.example/api/operator/totals": 401,
  "https://admin.example/healthz": 200,
};

const toolsOn = ({ az }: Cloud) => ({
  az,
  statusOf: (url: string) => Promise.resolve(statuses[url]),
  pause: () => Promise.resolve(),
  say: () => undefined,
});

describe("finishing a deployment", () => {
  test("makes the key, starts the admin app anew and then subscribes", async () => {
    const cloud = azure();
    await finishDeployment(deployment, toolsOn(cloud));
    assert.match(cloud.secrets.get("webhook-key") ?? "", /^[\w-]{43}$/);
    assert.deepEqual(cloud.done.slice(-3), ["rest", "webapp restart", "deployment group create"]);
  });

  test("leaves no secret on the disk", async () => {
    const cloud = azure();
    await finishDeployment(deployment, toolsOn(cloud));
    assert.equal(cloud.secretFiles.length, 1);
    assert.deepEqual(
      cloud.secretFiles.filter((file) => existsSync(file)),
      [],
    );
  });

  test("keeps the key when it is done again", async () => {
    const cloud = azure();
    await finishDeployment(deployment, toolsOn(cloud));
    const before = new Map(cloud.secrets);
    cloud.done.length = 0;
    await finishDeployment(deployment, toolsOn(cloud));
    assert.deepEqual(cloud.secrets, before);
    assert.deepEqual(cloud.done, ["keyvault secret list", "deployment group create"]);
  });

  test("waits until the vault lets it in", async () => {
    const cloud = azure({ refusals: 3 });
    await finishDeployment(deployment, toolsOn(cloud));
    assert.equal(cloud.secrets.size, 1);
  });

  test("subscribes nobody who does not answer", async () => {
    const cloud = azure();
    const tools = { ...toolsOn(cloud), statusOf: () => Promise.resolve(404) };
    await assert.rejects(finishDeployment(deployment, tools), {
      message: "https://func.example/api/operator/totals answers 404 instead of 401.",
    });
    assert.ok(!cloud.done.includes("deployment group create"));
  });

  test("gives subscriptions.bicep the parameters that it declares", async () => {
    const given: string[] = [];
    const cloud = azure();
    const az = (...args: string[]): Promise<string> => {
      if (args[0] === "deployment") given.push(...args.filter((arg) => /^\w+=/.test(arg)));
      return cloud.az(...args);
    };
    await finishDeployment(deployment, { ...toolsOn(cloud), az });
    const file = bicepFiles().find(({ path }) => path === "subscriptions.bicep");
    assert.ok(file);
    const declared = of(file, "param").map(({ name }) => name);
    assert.deepEqual(given.map((one) => one.split("=")[0]).toSorted(), declared.toSorted());
  });

  test("asks for outputs that main.bicep has", () => {
    const main = bicepFiles().find(({ path }) => path === "main.bicep");
    assert.ok(main);
    const environment = Object.fromEntries(of(main, "output").map(({ name }) => [name, "x"]));
    // azd itself provides the subscription.
    assert.ok(deploymentFrom({ ...environment, AZURE_SUBSCRIPTION_ID: "x" }));
  });

  test("says which variable is missing", () => {
    assert.throws(() => deploymentFrom({}), /^Error: AZURE_SUBSCRIPTION_ID is not set/);
  });
});
