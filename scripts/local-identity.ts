/**
 * The issuer of this machine: who there is, and which apps may ask it for tokens. Everything here is public and worth
 * nothing elsewhere; in Azure, Microsoft Entra ID has its place (docs/security.md).
 */
import { join } from "node:path";
import { actAsGrant, type Identity, startIdentity } from "../emulator/identity/index.ts";

const api = { audience: "saldo-api", uri: "api://saldo-api", scopes: ["access"] };

/** Apps with a secret. */
export const localClients = {
  /** The admin app: it signs approvers in itself and names who decides. */
  admin: { id: "admin", secret: "local-admin-secret" },
  /** An app of operators, in its own name. */
  operations: { id: "operations", secret: "local-operations-secret" },
  /** Acts as anybody, without asking them: for simulated people, tests and measurements. */
  simulator: { id: "simulator", secret: "local-simulator-secret" },
} as const;

/** Signs people in with a browser of this machine; it keeps no secret. */
export const commandLine = {
  id: "command-line",
  redirectUri: "http://127.0.0.1/signed-in",
} as const;

/** What a token for the API is asked for with: in a person's name, and in an app's own. */
export const localScopes = { person: `${api.uri}/access`, app: `${api.uri}/.default` } as const;

const users = [
  { email: "ada@example.com", name: "Ada", password: "my-own-card" },
  { email: "bob@example.com", name: "Bob", password: "my-own-card" },
  {
    email: "grace@bank.example",
    name: "Grace",
    password: "let-me-decide",
    roles: ["approver"],
  },
  {
    email: "oscar@bank.example",
    name: "Oscar",
    password: "let-me-operate",
    roles: ["operator"],
  },
];

type LocalIdentityOptions = {
  readonly directory: string;
  readonly port: number;
  readonly clock: { now(): number };
  readonly allowedHosts?: readonly string[];
};

export function startLocalIdentity(options: LocalIdentityOptions): Promise<Identity> {
  const { directory, port, clock, allowedHosts = [] } = options;
  return startIdentity({
    file: join(directory, "identity-keys.json"),
    port,
    clock,
    allowedHosts,
    api,
    users,
    clients: [
      { ...localClients.admin, grants: ["client_credentials"], roles: ["approval-desk"] },
      { ...localClients.operations, grants: ["client_credentials"], roles: ["operator"] },
      { ...localClients.simulator, grants: [actAsGrant] },
      {
        id: commandLine.id,
        grants: ["authorization_code"],
        redirectUris: [commandLine.redirectUri],
      },
    ],
  });
}

/** What tells the function app whose tokens count. */
export function identitySettings(issuer: string): Record<string, string> {
  return { IDENTITY_ISSUER: issuer, IDENTITY_AUDIENCE: api.audience };
}
