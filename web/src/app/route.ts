import { accessCheckHref, type AccessCheckRoute, parseAccessCheck } from "../access-check/place";
import { type Store, useStore } from "../api/store";
import { type ConfigurationRoute, configurationHref, parseConfiguration } from "../configuration/place";
import { LIVE_HREF, type LiveRoute } from "../live/place";
import { parsePeople, peopleHref, type PeopleRoute } from "../people/place";
import { parseUsers, usersHref, type UsersRoute } from "../users/place";
import { type ZonesRoute, zonesHref } from "../zones/place";

/** What the address shows. It lives behind the `#`, so that the server needs to know one page only. */
export type Route =
  | { screen: "desk"; eventId: string | null }
  | LiveRoute
  | ZonesRoute
  | PeopleRoute
  | ConfigurationRoute
  | AccessCheckRoute
  | UsersRoute;

/** The route of an address's hash; what is unknown leads to the desk. */
export function parseHash(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?");
  const [first = "", second = "", third = ""] = path.split("/").map(decoded);
  if (first === "events" && second !== "") return { screen: "desk", eventId: second };
  if (first === "live") return { screen: "live" };
  if (first === "zones") return { screen: "zones", id: second || null };
  if (first === "access-check") return parseAccessCheck(second, third, new URLSearchParams(query));
  if (first === "configuration") return parseConfiguration(second, third);
  return parseUsers(first, second) ?? parsePeople(first, second) ?? { screen: "desk", eventId: null };
}

/** The hash of a route, for links. */
export function hrefOf(route: Route): string {
  if (route.screen === "access-check") return accessCheckHref(route);
  if (route.screen === "configuration") return configurationHref(route);
  if (route.screen === "zones") return zonesHref(route);
  if (route.screen === "live") return LIVE_HREF;
  if (isAboutUsers(route)) return usersHref(route);
  if (route.screen !== "desk") return peopleHref(route);
  return route.eventId === null ? "#/" : `#/events/${encodeURIComponent(route.eventId)}`;
}

/** Whether it is about those who sign in. */
export function isAboutUsers(route: Route): route is UsersRoute {
  return route.screen === "users" || route.screen === "roles" || route.screen === "user-groups" || route.screen === "sign-in-rules" || route.screen === "sign-in-providers" || route.screen === "account";
}

export function openRoute(route: Route): void {
  location.hash = hrefOf(route);
}

const hashStore: Store<string> = {
  get: () => location.hash,
  subscribe: (listener) => {
    addEventListener("hashchange", listener);
    return () => removeEventListener("hashchange", listener);
  },
};

export function useRoute(): Route {
  return parseHash(useStore(hashStore));
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}
