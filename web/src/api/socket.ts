import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { print } from "graphql/language/printer.js";
import { createClient } from "graphql-ws";

import { persistedQuery } from "./persisted";
import { createStore, type Store } from "./store";

/** The server closes the socket with this code when the session has ended. */
export const SIGNED_OUT_CODE = 4401;

const KEEP_ALIVE_MS = 10_000;
const PONG_WITHIN_MS = 5_000;

export interface Connection {
  state: "connecting" | "connected" | "lost";
  /** When the server last said anything, in milliseconds since the epoch; null before that. */
  heardAt: number | null;
}

export interface Sink<T> {
  next: (value: T) => void;
  /** The subscription ended, and `refusal` says why if the server itself refused it; a lost connection has none. */
  ended: (refusal: string | null) => void;
}

/** One WebSocket, shared by all subscriptions of a signed-in user. */
export interface Socket {
  connection: Store<Connection>;
  /** One attempt, without retries: `follow` decides when to try again. */
  subscribe: <T, V>(document: TypedDocumentNode<T, V>, variables: V, sink: Sink<T>) => () => void;
  close: () => void;
}

interface SocketOptions {
  url: string;
  /** The session has ended; nothing will be retried. */
  onSignedOut: () => void;
  now?: () => number;
  webSocket?: unknown;
}

/** Opens on the first subscription. A silent connection is closed after fifteen seconds. */
export function openSocket({ url, onSignedOut, now = Date.now, webSocket }: SocketOptions): Socket {
  const connection = createStore<Connection>({ state: "connecting", heardAt: null });
  const hear = (): void => connection.set({ state: "connected", heardAt: now() });
  let pongTimer: ReturnType<typeof setTimeout> | undefined;

  const client = createClient({
    url,
    lazy: true,
    retryAttempts: 0,
    keepAlive: KEEP_ALIVE_MS,
    webSocketImpl: webSocket,
    onNonLazyError: () => undefined,
    on: {
      connected: hear,
      message: hear,
      ping: (received) => {
        if (!received) pongTimer = setTimeout(() => client.terminate(), PONG_WITHIN_MS);
      },
      pong: (received) => {
        if (received) clearTimeout(pongTimer);
      },
      closed: (event) => {
        clearTimeout(pongTimer);
        connection.set({ state: "lost", heardAt: connection.get().heardAt });
        if (closeCode(event) === SIGNED_OUT_CODE) onSignedOut();
      },
    },
  });

  return {
    connection,
    subscribe: (document, variables, sink) => subscribe(client, document, variables, {
        next: sink.next,
        ended: (refusal) => sink.ended(refusal),
        fellBehind: () => {
          connection.set({ state: "lost", heardAt: connection.get().heardAt });
          sink.ended(null);
        },
      }),
    close: () => {
      clearTimeout(pongTimer);
      void client.dispose();
    },
  };
}

/** The server has dropped a subscription that was too slow: it goes on from where it ended, like a lost connection. */
const FELL_BEHIND = "SLOW_CONSUMER";

interface Ends<T> extends Sink<T> {
  fellBehind: () => void;
}

interface Refusal {
  message: string;
  extensions?: Record<string, unknown> | undefined;
}

function subscribe<T, V>(
  client: ReturnType<typeof createClient>,
  document: TypedDocumentNode<T, V>,
  variables: V,
  sink: Ends<T>,
): () => void {
  let over = false;
  const end = (refusal: string | null): void => {
    if (over) return;
    over = true;
    sink.ended(refusal);
  };
  const refuse = (refused: Refusal | undefined): void => {
    if (over) return;
    if (refused?.extensions?.["code"] !== FELL_BEHIND) {
      end(refused?.message ?? "The server sent an empty answer.");
      return;
    }
    over = true;
    sink.fellBehind();
  };
  const stop = client.subscribe<T>(
    { query: print(document), variables: variables as Record<string, unknown>, extensions: persistedQuery(document) },
    {
      next: ({ data, errors }) => {
        if (over) return;
        if (data) sink.next(data);
        else refuse(errors?.[0]);
      },
      error: (reason) => (Array.isArray(reason) ? refuse(reason[0] as Refusal) : end(null)),
      complete: () => end(null),
    },
  );
  return () => {
    over = true;
    stop();
  };
}

function closeCode(event: unknown): number | undefined {
  return typeof event === "object" && event !== null && "code" in event ? Number(event.code) : undefined;
}
