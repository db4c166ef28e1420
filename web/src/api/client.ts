import { Client, type CombinedError, cacheExchange, fetchExchange, mapExchange } from "urql";

import { REQUEST_HEADERS } from "./address";
import { persistedExchange } from "./persisted";

/** Queries and mutations over `POST /graphql`; the session is a cookie. `onSignedOut` runs when the server says so. */
export function createApi(onSignedOut: () => void): Client {
  return new Client({
    url: "/graphql",
    preferGetMethod: false,
    fetchOptions: { credentials: "same-origin", headers: REQUEST_HEADERS },
    exchanges: [
      mapExchange({
        onError: (error) => {
          if (isSignedOut(error)) onSignedOut();
        },
      }),
      cacheExchange,
      persistedExchange,
      fetchExchange,
    ],
  });
}

function isSignedOut(error: CombinedError): boolean {
  const status = (error.response as Response | undefined)?.status;
  return status === 401 || error.graphQLErrors.some((each) => each.extensions["code"] === "UNAUTHENTICATED");
}

/** A failed request in one sentence for the person at the screen. */
export function sentenceOf(error: CombinedError): string {
  const [first] = error.graphQLErrors;
  if (first) return first.message;
  return "The server cannot be reached. Check the network, then try again.";
}
