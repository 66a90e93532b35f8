/** An OpenID Connect issuer on one machine, in the manner of Microsoft Entra ID: see docs/security.md. */
export { actAsGrant, type IdentityClient, type IdentityUser } from "./directory.ts";
export { type Identity, type IdentityOptions, startIdentity } from "./identity.ts";
