const PROBLEMS: Record<string, string> = {
  expired: "This sign-in took too long, or began in another browser. Begin again.",
  cancelled: "The sign-in was cancelled.",
  unreachable: "The provider does not answer as it should. Try again later, or sign in another way.",
  not_believed: "What the provider sent cannot be trusted, so nobody was let in. Tell an administrator.",
  no_group: "You are in no group that may come in here. Ask whoever looks after your account.",
  no_name: "The provider sent no name for you. Tell an administrator.",
  unknown: "Nobody here is connected with that account. Sign in with your password, and connect it under your account.",
  name_taken: "Somebody here has your name already. If that is you, sign in with your password, and connect it under your account.",
  disabled: "Your account is disabled here.",
  last_administrator: "Your groups would take the last administrator away. Another administrator is needed first.",
  linked_to_another: "That account is connected with another user here.",
  no_address: "The server does not know its own address. Tell an administrator.",
  wait: "Too many attempts have failed. Try again in a few minutes.",
};

/** Why signing in elsewhere did not let somebody in, as the server wrote it into the page's address; null: nothing is there. */
export function elsewhereWords(search: string): string | null {
  const problem = new URLSearchParams(search).get("sign-in");
  return problem === null ? null : (PROBLEMS[problem] ?? "The sign-in failed. Begin again.");
}
