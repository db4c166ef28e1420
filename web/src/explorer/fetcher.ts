import type { GraphiQLProps } from "graphiql";
import { type DocumentNode, getOperationAST } from "graphql";
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
  return (request, options) => {
    const headers: Record<string, string> = { ...options?.headers };
    if (isSubscription(options?.documentAST, request.operationName)) return follow(request, headers, webSocket);
    return post(ask, request, headers);
  };
}

function isSubscription(document: DocumentNode | undefined, name: string | null | undefined): boolean {
  return document !== undefined && getOperationAST(document, name)?.operation === "subscription";
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
