import { useState } from "react";
import { useClient } from "urql";

import { send } from "../api/send";
import { dateWords } from "../app/clock";
import { useSaving } from "../configuration/saving";
import {
  DisableWebhookDocument,
  EnableWebhookDocument,
  type ProblemFragment,
  RotateWebhookSecretDocument,
  TestWebhookDocument,
  type WebhookRowFragment,
} from "../gql/operations";
import { Badge } from "../ui/Badge";
import { Check } from "../ui/Check";
import { Dialog } from "../ui/Dialog";
import { FormProblems } from "../ui/Field";
import { Panel } from "../ui/Panel";
import { Select } from "../ui/Select";
import { Secret } from "./Secret";
import { standing } from "./words";

interface WebhookStateProps {
  webhook: WebhookRowFragment;
  onChanged: () => void;
}

type Act = "enable" | "disable" | "test";

const SAID: Record<Act, string> = {
  enable: "The receiver has echoed the challenge: it is enabled.",
  disable: "It is disabled.",
  test: "A test message is on its way: see below what becomes of it.",
};

/** How a webhook is, and what can be done about it. */
export function WebhookState({ webhook, onChanged }: WebhookStateProps) {
  const api = useClient();
  const { pending, problems, run } = useSaving([]);
  const [said, setSaid] = useState("");
  const [fromNow, setFromNow] = useState(false);
  const [rotating, setRotating] = useState(false);
  const { id, enabled, stopReason } = webhook;

  const acts: Record<Act, () => Promise<readonly ProblemFragment[]>> = {
    enable: async () => (await send(api, EnableWebhookDocument, { input: { id, fromNow } })).problems,
    disable: async () => (await send(api, DisableWebhookDocument, { input: { id } })).problems,
    test: async () => (await send(api, TestWebhookDocument, { input: { id } })).problems,
  };
  const act = async (which: Act): Promise<void> => {
    setSaid("");
    if (await run(acts[which])) setSaid(SAID[which]);
    onChanged();
  };

  return (
    <Panel title="State">
      <p data-testid="webhook-state">
        <Badge {...standing(webhook)} /> {webhook.state}
      </p>
      <p className="quiet">
        {webhook.pending === 1 ? "1 message waits." : `${webhook.pending} messages wait.`}
        {webhook.previousSecretUntil !== null &&
          ` The secret before the present one signs as well until ${dateWords(Date.parse(webhook.previousSecretUntil))}.`}
      </p>
      {!enabled && stopReason !== "NEW" && (
        <Check
          label="Leave out what it has missed"
          hint="Otherwise it goes on from where it stopped."
          checked={fromNow}
          onChange={setFromNow}
        />
      )}
      <FormProblems sentences={problems.form} />
      <p className="quiet" role="status">
        {pending ? "Asking the receiver…" : said}
      </p>
      <div className="row-actions">
        {enabled ? (
          <>
            <button type="button" disabled={pending} onClick={() => void act("test")}>
              Send a test
            </button>
            <button type="button" disabled={pending} onClick={() => void act("disable")}>
              Disable
            </button>
          </>
        ) : (
          <button type="button" className="primary" disabled={pending} onClick={() => void act("enable")}>
            Enable
          </button>
        )}
        <button type="button" onClick={() => setRotating(true)}>
          New secret…
        </button>
      </div>
      {rotating && (
        <Rotation
          webhook={webhook}
          onClose={() => {
            setRotating(false);
            onChanged();
          }}
        />
      )}
    </Panel>
  );
}

const GRACES = [
  ["24", "for a day"],
  ["1", "for an hour"],
  ["168", "for a week"],
  ["0", "not at all: somebody else knows it"],
] as const;

type Grace = (typeof GRACES)[number][0];

/** Makes a new secret and shows it, this once. */
function Rotation({ webhook, onClose }: { webhook: WebhookRowFragment; onClose: () => void }) {
  const api = useClient();
  const { pending, problems, run } = useSaving([]);
  const [grace, setGrace] = useState<Grace>("24");
  const [secret, setSecret] = useState<string | null>(null);
  const rotate = (): Promise<boolean> =>
    run(async () => {
      const input = { id: webhook.id, grace: `PT${Number(grace)}H` };
      const sent = await send(api, RotateWebhookSecretDocument, { input });
      if (sent.payload?.secret) setSecret(sent.payload.secret);
      return sent.problems;
    });
  if (secret !== null) return <Secret secret={secret} onClose={onClose} />;
  return (
    <Dialog title="New secret" onClose={onClose} testId="rotation-dialog">
      <div className="form">
        <p>Messages are signed with both secrets for a while, so that the receiver can change over.</p>
        <Select label="The present secret still signs" value={grace} options={GRACES} onChange={setGrace} />
        <FormProblems sentences={problems.form} />
        <div className="form-end">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="button" className="primary" disabled={pending} onClick={() => void rotate()}>
            Make a new secret
          </button>
        </div>
      </div>
    </Dialog>
  );
}
