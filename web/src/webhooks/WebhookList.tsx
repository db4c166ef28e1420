import { useCallback } from "react";
import { useQuery } from "urql";

import { Cell, ListPage, NameCell, Rows } from "../configuration/Page";
import { useRefresh } from "../configuration/use-refresh";
import { WebhookListDocument } from "../gql/operations";
import { Badge } from "../ui/Badge";
import { filterWords, standing } from "./words";
import "./webhooks.css";

/** All webhooks with how they are. */
export function WebhookList() {
  const [{ data, error }, ask] = useQuery({ query: WebhookListDocument, requestPolicy: "cache-and-network" });
  const askAgain = useCallback(() => ask({ requestPolicy: "network-only" }), [ask]);
  useRefresh(askAgain);
  const webhooks = data?.webhooks.nodes;
  return (
    <ListPage
      section="webhooks"
      create="New webhook"
      error={error}
      count={webhooks?.length}
      empty="There are no webhooks yet. A webhook sends events to another program as they happen."
    >
      <Rows caption="Webhooks" columns={["Name", "Status", "Sent there", "Waiting", "Address"]}>
        {webhooks?.map((webhook) => (
          <tr key={webhook.id}>
            <NameCell section="webhooks" id={webhook.id} name={webhook.name} />
            <Cell label="Status">
              <Badge {...standing(webhook)} />
            </Cell>
            <Cell label="Sent there">{filterWords(webhook.filter)}</Cell>
            <Cell label="Waiting">{webhook.pending}</Cell>
            <Cell label="Address">
              <span className="webhook-url">{webhook.url}</span>
            </Cell>
          </tr>
        ))}
      </Rows>
    </ListPage>
  );
}
