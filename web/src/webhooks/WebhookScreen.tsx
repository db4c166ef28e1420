import { useCallback } from "react";
import { useQuery } from "urql";

import { EditorPage, stateOf } from "../configuration/Page";
import { NEW } from "../configuration/place";
import { useRefresh } from "../configuration/use-refresh";
import { WebhookScreenDocument } from "../gql/operations";
import { Deliveries } from "./Deliveries";
import { WebhookEditor } from "./WebhookEditor";
import { WebhookState } from "./WebhookState";
import "./webhooks.css";

/** One webhook: how it is, what it is sent and what became of that; or a new one. */
export function WebhookScreen({ id }: { id: string }) {
  const [{ data, error }, ask] = useQuery({
    query: WebhookScreenDocument,
    variables: { id },
    requestPolicy: "cache-and-network",
  });
  const askAgain = useCallback(() => ask({ requestPolicy: "network-only" }), [ask]);
  useRefresh(askAgain);
  const webhook = data?.webhook ?? null;
  return (
    <EditorPage
      section="webhooks"
      title={id === NEW ? "New webhook" : (webhook?.name ?? "Webhook")}
      error={error}
      state={id === NEW ? stateOf(data, data) : stateOf(data, webhook)}
    >
      {(onSaved) => (
        <>
          {webhook && <WebhookState webhook={webhook} onChanged={askAgain} />}
          <WebhookEditor
            key={webhook?.version ?? NEW}
            webhook={webhook}
            types={data?.eventTypes ?? []}
            onSaved={onSaved}
            onReload={askAgain}
          />
          {webhook && <Deliveries webhook={webhook} />}
        </>
      )}
    </EditorPage>
  );
}
