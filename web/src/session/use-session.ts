import { useCallback, useEffect, useMemo, useState } from "react";
import type { Client } from "urql";

import { createApi } from "../api/client";
import { backOffMs, browserWait } from "../api/wait";
import { SignOutDocument, ViewerDocument } from "../gql/operations";
import type { Viewer } from "./permission";

export type SessionState =
  | { phase: "asking"; unreachable: boolean }
  | { phase: "signed-out"; expired: boolean }
  | { phase: "set-up" }
  | { phase: "signed-in"; viewer: Viewer };

export interface Session {
  state: SessionState;
  api: Client;
  signedIn: (viewer: Viewer) => void;
  /** The server no longer knows the session. */
  expire: () => void;
  signOut: () => Promise<void>;
}

/** Who is at the screen. Each session has an API client of its own, so that nothing cached outlives it. */
export function useSession(): Session {
  const [state, setState] = useState<SessionState>({ phase: "asking", unreachable: false });
  const expire = useCallback(
    () => setState((was) => (was.phase === "signed-in" ? { phase: "signed-out", expired: true } : was)),
    [],
  );
  const viewerId = state.phase === "signed-in" ? state.viewer.id : null;
  // oxlint-disable-next-line react/exhaustive-deps -- a new client for each person
  const api = useMemo(() => createApi(expire), [expire, viewerId]);
  const asking = state.phase === "asking";

  useEffect(() => {
    if (!asking) return;
    let over = false;
    let cancel: () => void = () => undefined;
    const ask = async (attempt: number): Promise<void> => {
      const { data, error } = await api.query(ViewerDocument, {}, { requestPolicy: "network-only" }).toPromise();
      if (over) return;
      if (data) {
        if (data.viewer) setState({ phase: "signed-in", viewer: data.viewer });
        else setState(data.setUpDue ? { phase: "set-up" } : { phase: "signed-out", expired: false });
      } else if (error?.networkError) {
        setState({ phase: "asking", unreachable: true });
        cancel = browserWait(() => void ask(attempt + 1), backOffMs(attempt, Math.random()));
      } else {
        setState({ phase: "signed-out", expired: false });
      }
    };
    void ask(0);
    return () => {
      over = true;
      cancel();
    };
  }, [api, asking]);

  const signedIn = useCallback((viewer: Viewer) => setState({ phase: "signed-in", viewer }), []);
  const signOut = useCallback(async () => {
    const { data } = await api.mutation(SignOutDocument, {}).toPromise();
    const elsewhere = data?.signOut.continueAt;
    if (elsewhere) location.assign(elsewhere);
    setState({ phase: "signed-out", expired: false });
  }, [api]);

  return { state, api, signedIn, expire, signOut };
}
