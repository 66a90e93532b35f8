import type { HttpRequest } from "../../platform/http/exchange.ts";

/**
 * Where a request comes from, as the platform saw it: Azure's front end puts the address at the end of
 * `X-Forwarded-For`, behind whatever the client had put there itself (GitHub: Azure/azure-functions-dotnet-worker #3111,
 * sergiodxa/remix-utils #496). It is good for counting, not for trusting. Without the header, on a laptop, all are one.
 * @param proxies how many of one's own, such as Front Door, stand before that and add an address each
 */
export function clientAddress({ headers }: HttpRequest, proxies: number): string {
  const addresses = headers.get("x-forwarded-for")?.split(",") ?? [];
  return withoutPort(addresses.at(-1 - proxies)?.trim() ?? "unknown");
}

function withoutPort(address: string): string {
  const [, version6, version4] =
    /^\[(.+)\](?::\d+)?$|^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(address) ?? [];
  return version6 ?? version4 ?? address;
}
