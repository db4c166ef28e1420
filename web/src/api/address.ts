/** Required by the server on every request, because no foreign page can set it: it proves that the request is ours. */
export const REQUEST_HEADERS = { "Doorward-Request": "1" };

/** Where the subscriptions connect: the same host as the page, encrypted when the page is. */
export function socketUrl(location: Pick<Location, "protocol" | "host">): string {
  return `${socketOrigin(location)}/graphql`;
}

/** Where live pictures come from. */
export function liveUrl(location: Pick<Location, "protocol" | "host">): string {
  return `${socketOrigin(location)}/live`;
}

function socketOrigin({ protocol, host }: Pick<Location, "protocol" | "host">): string {
  return `${protocol === "https:" ? "wss:" : "ws:"}//${host}`;
}
