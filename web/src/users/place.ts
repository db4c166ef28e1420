/** The list of users, one of them, the rules that hold for all, or where else they sign in. */
export type UsersRoute =
  | { screen: "users"; id: string | null }
  | { screen: "roles" | "user-groups"; id: string | null }
  | { screen: "sign-in-rules" }
  | { screen: "sign-in-providers" }
  | { screen: "account" };

/** The route behind the two parts of an address; null when they lead elsewhere. */
export function parseUsers(first: string, second: string): UsersRoute | null {
  if (first === "users" && second === "providers") return { screen: "sign-in-providers" };
  if (first === "users") return second === "rules" ? { screen: "sign-in-rules" } : { screen: "users", id: second || null };
  if (first === "roles" || first === "user-groups") return { screen: first, id: second || null };
  return first === "account" ? { screen: "account" } : null;
}

export function usersHref(route: UsersRoute): string {
  if (route.screen === "account") return "#/account";
  if (route.screen === "sign-in-rules") return "#/users/rules";
  if (route.screen === "sign-in-providers") return "#/users/providers";
  return route.id === null ? `#/${route.screen}` : `#/${route.screen}/${encodeURIComponent(route.id)}`;
}
