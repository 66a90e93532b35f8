/** An OpenID Connect issuer on one machine, in the manner of Microsoft Entra ID: see docs/emulator-identity.md. */
export { actAsGrant, type IdentityClient } from "./directory.ts";
export { type Identity, type IdentityOptions, startIdentity } from "./identity.ts";
