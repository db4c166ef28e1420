import { useCallback, useState } from "react";
import { useClient, useQuery } from "urql";

import { sentenceOf } from "../api/client";
import { send } from "../api/send";
import { dateWords } from "../app/clock";
import { useMinute } from "../app/now";
import { Cell, Rows } from "../configuration/Page";
import { useSaving } from "../configuration/saving";
import { useRefresh } from "../configuration/use-refresh";
import {
  type DeliveryRowFragment,
  ReplayWebhookDeliveryDocument,
  ReplayWebhookDocument,
  WebhookLogDocument,
  type WebhookRowFragment,
} from "../gql/operations";
import { Badge } from "../ui/Badge";
import { Dialog } from "../ui/Dialog";
import { FormProblems } from "../ui/Field";
import { Panel } from "../ui/Panel";
import { Select } from "../ui/Select";
import { Text } from "../ui/Text";
import { answerWords, deliveryStanding, nextWords } from "./words";

const SHOWN = [
  ["all", "All"],
  ["PENDING", "Waiting"],
  ["FAILED", "Failed"],
] as const;

type Shown = (typeof SHOWN)[number][0];

/** What became of each message, newest first, and how to send it again. */
export function Deliveries({ webhook }: { webhook: WebhookRowFragment }) {
  const api = useClient();
  const { problems, run } = useSaving([]);
  const [shown, setShown] = useState<Shown>("all");
  const [before, setBefore] = useState<string | null>(null);
  const [replaying, setReplaying] = useState(false);
  const statuses = shown === "all" ? null : [shown];
  const [{ data, error }, ask] = useQuery({
    query: WebhookLogDocument,
    variables: { id: webhook.id, before, statuses },
    requestPolicy: "cache-and-network",
  });
  const askAgain = useCallback(() => ask({ requestPolicy: "network-only" }), [ask]);
  useRefresh(askAgain);
  const rows = data?.webhookDeliveries.nodes.toReversed() ?? [];
  const older = data?.webhookDeliveries.pageInfo;
  const replay = async (id: string): Promise<void> => {
    await run(async () => (await send(api, ReplayWebhookDeliveryDocument, { input: { id } })).problems);
    askAgain();
  };
  return (
    <Panel
      title="Delivery log"
      end={
        <button type="button" disabled={!webhook.enabled} onClick={() => setReplaying(true)}>
          Send again since…
        </button>
      }
    >
      <Select
        label="Show"
        value={shown}
        options={SHOWN}
        onChange={(value) => {
          setBefore(null);
          setShown(value);
        }}
      />
      <FormProblems sentences={problems.form} />
      {error && <p role="alert">{sentenceOf(error)}</p>}
      {data && rows.length === 0 && <p className="quiet">There is nothing here.</p>}
      {rows.length > 0 && (
        <Rows caption="Deliveries" columns={["Message", "Status", "Answer", "When", "Again"]}>
          {rows.map((row) => (
            <Delivery key={row.id} row={row} replayable={webhook.enabled} onReplay={() => void replay(row.id)} />
          ))}
        </Rows>
      )}
      <div className="row-actions">
        {before !== null && (
          <button type="button" onClick={() => setBefore(null)}>
            Newest
          </button>
        )}
        {older?.hasPreviousPage === true && (
          <button type="button" onClick={() => setBefore(older.startCursor)}>
            Older
          </button>
        )}
      </div>
      {replaying && (
        <Replay
          webhook={webhook}
          onClose={() => {
            setReplaying(false);
            askAgain();
          }}
        />
      )}
    </Panel>
  );
}

interface DeliveryProps {
  row: DeliveryRowFragment;
  replayable: boolean;
  onReplay: () => void;
}

function Delivery({ row, replayable, onReplay }: DeliveryProps) {
  const nowMs = useMinute();
  return (
    <tr data-testid="delivery">
      <th scope="row">{row.type}</th>
      <Cell label="Status">
        <Badge {...deliveryStanding(row)} />
      </Cell>
      <Cell label="Answer">
        <span className="webhook-answer">
          {answerWords(row)} {nextWords(row, nowMs)}
          {row.response !== null && row.response !== "" && (
            <details>
              <summary>What it said</summary>
              <pre className="webhook-response">{row.response}</pre>
            </details>
          )}
        </span>
      </Cell>
      <Cell label="When">{dateWords(Date.parse(row.lastAttemptAt ?? row.createdAt))}</Cell>
      <td>
        <span className="row-actions">
          <button type="button" disabled={!replayable} aria-label={`Send ${row.type} again`} onClick={onReplay}>
            Send again
          </button>
        </span>
      </td>
    </tr>
  );
}

/** Everything again that was stored since a moment. */
function Replay({ webhook, onClose }: { webhook: WebhookRowFragment; onClose: () => void }) {
  const api = useClient();
  const { pending, problems, run } = useSaving(["since"] as const);
  const [since, setSince] = useState("");
  const replay = async (): Promise<void> => {
    const moment = since === "" ? null : new Date(since).toISOString();
    const input = { id: webhook.id, since: moment };
    if (await run(async () => (await send(api, ReplayWebhookDocument, { input })).problems)) onClose();
  };
  return (
    <Dialog title="Send again" onClose={onClose} testId="replay-dialog">
      <div className="form">
        <p>Everything that was stored since then is sent again, also what has arrived: receivers know repeats by their id.</p>
        <Text label="Since" type="datetime-local" required value={since} onChange={setSince} problem={problems.fields.since} />
        <FormProblems sentences={problems.form} />
        <div className="form-end">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="button" className="primary" disabled={pending} onClick={() => void replay()}>
            Send again
          </button>
        </div>
      </div>
    </Dialog>
  );
}
