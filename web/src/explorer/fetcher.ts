import type { GraphiQLProps } from "graphiql";
import { type DocumentNode, getOperationAST, parse } from "graphql";
import { createClient } from "graphql-ws";

import { REQUEST_HEADERS, socketUrl } from "../api/address";

type Fetcher = GraphiQLProps["fetcher"];
type Request = Parameters<Fetcher>[0];
type Stream = Extract<ReturnType<Fetcher>, { subscribe: unknown }>;

/** Of the ways to subscribe that the type has, the one that GraphiQL uses. */
interface Observer {
  next: (value: unknown) => void;
  error: (reason: unknown) => void;
  complete: () => void;
}

interface FetcherOptions {
  ask?: typeof fetch;
  webSocket?: unknown;
}

/**
 * Queries and mutations by `POST /graphql`, subscriptions over a WebSocket of their own. The session counts, unless an
 * Authorization is given among the headers.
 */
export function createFetcher({ ask = fetch, webSocket }: FetcherOptions = {}): Fetcher {
  return (given, options) => {
    const headers: Record<string, string> = { ...options?.headers };
    const { request, operation } = meant(given);
    return operation === "subscription" ? follow(request, headers, webSocket) : post(ask, request, headers);
  };
}

/**
 * What is to run. GraphiQL names the operation, and gives the parsed document, as they were a moment before whoever
 * types quickly has pressed Ctrl-Enter: a name that is not in the text is left out.
 */
function meant(request: Request): { request: Request; operation: string | undefined } {
  const { operationName, ...unnamed } = request;
  let document: DocumentNode;
  try {
    document = parse(request.query);
  } catch {
    return { request: unnamed, operation: undefined };
  }
  const named = operationName ? getOperationAST(document, operationName) : null;
  if (named) return { request, operation: named.operation };
  return { request: unnamed, operation: getOperationAST(document)?.operation };
}

async function post(ask: typeof fetch, request: Request, headers: Record<string, string>) {
  const response = await ask("/graphql", {
    method: "POST",
    headers: { ...headers, ...REQUEST_HEADERS, "content-type": "application/json", accept: "application/graphql-response+json" },
    body: JSON.stringify(request),
  });
  return response.json();
}

function follow(request: Request, headers: Record<string, string>, webSocketImpl: unknown): Stream {
  const authorization = Object.entries(headers).find(([name]) => name.toLowerCase() === "authorization")?.[1];
  const stream = {
    subscribe: (observer: Observer) => {
      const client = createClient({
        url: socketUrl(location),
        retryAttempts: 0,
        webSocketImpl,
        ...(authorization !== undefined && { connectionParams: { authorization } }),
      });
      const stop = client.subscribe(payloadOf(request), {
        next: observer.next,
        error: (reason) => observer.error(Array.isArray(reason) ? reason : new Error(sentenceOf(reason))),
        complete: observer.complete,
      });
      return {
        unsubscribe: () => {
          stop();
          void client.dispose();
        },
      };
    },
  };
  return stream as Stream;
}

function payloadOf({ query, operationName, variables }: Request) {
  return { query, operationName: operationName ?? null, variables: variables as Record<string, unknown> };
}

function sentenceOf(reason: unknown): string {
  const told = typeof reason === "object" && reason !== null && "reason" in reason ? String(reason.reason) : "";
  return told || "The connection is lost. Run it again.";
}
