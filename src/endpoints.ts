/** HTTP in, and HTTP out: all endpoints as the functions that they are, registered by `functions/http.ts`. */
import {
  showContract,
  showContractPage,
  showEventCatalogue,
  showEventsPage,
} from "./contract/show-contract.ts";
import { system } from "./instance.ts";
import { guardOf } from "./kernel/access/guard.ts";
import { identification } from "./kernel/access/identify.ts";
import { readAccessSettings } from "./kernel/access/settings.ts";
import { showAccess } from "./kernel/access/show-access.ts";
import type { Endpoint, ProcessEndpoint } from "./kernel/endpoints/endpoint.ts";
import { showLiveness, showReadiness } from "./kernel/operations/health.ts";
import { walletResources } from "./modules/account/resource.ts";
import { guardedEndpoints } from "./modules/endpoints.ts";
import { receiversIn } from "./modules/transfer/show-transfer.ts";
import { withInstances } from "./platform/durable/instances.ts";
import type { HttpHandler, HttpRequest, HttpResponse } from "./platform/http/exchange.ts";
import { withProblems } from "./platform/http/problem.ts";
import { traced } from "./platform/http/traced.ts";
import { tokenVerifier } from "./platform/identity/token-verifier.ts";
import type { System } from "./system.ts";

const { accounts, clock, ownerOf, store } = system;
const access = readAccessSettings();
const guard = guardOf({
  identify: identification(tokenVerifier({ ...access, clock }), access, clock),
  resourceOf: walletResources({ ownerOf, receiverOf: receiversIn(store) }),
});

/** `anonymous` to the host, which knows keys alone: who may ask is said by each endpoint's row. */
type Route = {
  readonly methods: ("GET" | "POST")[];
  readonly route: string;
  readonly authLevel: "anonymous";
};

function routeOf(method: "GET" | "POST", route: string): Route {
  return { methods: [method], route, authLevel: "anonymous" };
}

type WithInstances = ReturnType<typeof withInstances<HttpRequest, HttpResponse>>;

type Registered = Route &
  Pick<WithInstances, "handler"> &
  Partial<Pick<WithInstances, "extraInputs">>;

function registered(row: Endpoint<System> | ProcessEndpoint<System>): Registered {
  const { method, route } = row;
  if (!("orchestrator" in row)) {
    const guarded = guard(row.access, row.handler(system));
    return {
      ...routeOf(method, route),
      handler: traced(method, route, withProblems(guarded)),
    };
  }
  const handle = row.handler(system);
  return {
    ...routeOf(method, route),
    ...withInstances(row.orchestrator, (request: HttpRequest, instances, context) =>
      withProblems(guard(row.access, () => handle(instances)))(request, context),
    ),
  };
}

/** Open to everybody: nothing is told of anybody. */
function open(route: string, handler: HttpHandler): Registered {
  return { ...routeOf("GET", route), handler: traced("GET", route, withProblems(handler)) };
}

const openEndpoints = {
  showAccess: open(".well-known/oauth-protected-resource", showAccess(access)),
  // Untraced: whoever watches asks all the time.
  showLiveness: { ...routeOf("GET", "health/live"), handler: showLiveness },
  showReadiness: {
    ...routeOf("GET", "health/ready"),
    handler: withProblems(showReadiness(accounts)),
  },
  showContract: open("openapi.json", showContract),
  showEventCatalogue: open("asyncapi.json", showEventCatalogue),
  showContractPage: open("docs", showContractPage),
  showEventsPage: open("docs/events", showEventsPage),
};

/** By the id of its operation in the contract. */
export const endpoints: Readonly<Record<string, Registered>> = {
  ...openEndpoints,
  // Last: no open endpoint can take the place of one that is guarded.
  ...Object.fromEntries(
    Object.entries(guardedEndpoints).map(([name, row]) => [name, registered(row)]),
  ),
};
