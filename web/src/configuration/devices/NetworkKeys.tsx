import { useState } from "react";
import { useClient } from "urql";

import { durationOf } from "../../api/duration";
import { send } from "../../api/send";
import {
  AllowUnsignedPlatesDocument,
  type NetworkSetupFragment,
  type ReaderType,
  RotateNetworkKeyDocument,
  ShowNetworkKeyDocument,
} from "../../gql/operations";
import { Confirm } from "../../ui/Confirm";
import { CopyText } from "../../ui/CopyText";
import { Dialog } from "../../ui/Dialog";
import { Select } from "../../ui/Select";
import { Part } from "../Editor";
import { NetworkKey, PeripheralAddress } from "./NetworkKey";

const GRACES = [
  ["0", "At once"],
  ["3600", "An hour later"],
  ["86400", "A day later"],
  ["604800", "A week later"],
] as const;

interface NetworkKeysProps {
  setup: NetworkSetupFragment;
  type: ReaderType;
  writable: boolean;
  onChanged: () => void;
}

type Asking = "show" | "rotate" | "allow" | "forbid";
/** A secret that is shown now. */
type Shown = { what: "key" | "plates"; secret: string };

/** Where a device on the network knocks, its key, and the secret for plates that are not signed. */
export function NetworkKeys({ setup, type, writable, onChanged }: NetworkKeysProps) {
  const [asking, setAsking] = useState<Asking | null>(null);
  const [shown, setShown] = useState<Shown | null>(null);
  const { unsignedPlates } = setup;
  const ask = (what: Asking, words: string, danger = false) => (
    <button type="button" className={danger ? "danger" : ""} onClick={() => setAsking(what)}>
      {words}
    </button>
  );
  return (
    <Part title="Key">
      <PeripheralAddress path={setup.path} />
      {writable && (
        <div className="row-actions">
          {ask("show", "Show the key")}
          {ask("rotate", "Make a new key")}
        </div>
      )}
      {type === "PLATE_CAMERA" && (
        <p className="quiet">
          {unsignedPlates
            ? "Plates are also taken without a signature, from whoever knows the secret."
            : "Plates are taken with a signature only. For a camera that cannot sign, a secret can be allowed instead, which is weaker."}
        </p>
      )}
      {type === "PLATE_CAMERA" && writable && (
        <div className="row-actions">
          {ask("allow", unsignedPlates ? "Make a new secret for plates" : "Allow plates without a signature")}
          {unsignedPlates && ask("forbid", "Take signed plates only", true)}
        </div>
      )}
      {asking !== null && (
        <Question
          asking={asking}
          setup={setup}
          onSecret={setShown}
          onDone={() => {
            setAsking(null);
            onChanged();
          }}
          onClose={() => setAsking(null)}
        />
      )}
      {asking === null && shown !== null && <Secret shown={shown} path={setup.path} onClose={() => setShown(null)} />}
    </Part>
  );
}

interface QuestionProps {
  asking: Asking;
  setup: NetworkSetupFragment;
  /** There is a secret to be shown. */
  onSecret: (shown: Shown) => void;
  onDone: () => void;
  onClose: () => void;
}

const QUESTIONS: Record<Asking, { title: (name: string) => string; action: string; consequence: string }> = {
  show: {
    title: (name) => `Show the key of ${name}?`,
    action: "Show the key",
    consequence: "Whoever sees it can send reads in the device’s name. That you looked is written down.",
  },
  rotate: {
    title: (name) => `Make a new key for ${name}?`,
    action: "Make a new key",
    consequence: "What the device sends with the old key is refused once that has ended, until it has the new one.",
  },
  allow: {
    title: (name) => `Take plates of ${name} without a signature?`,
    action: "Make a secret",
    consequence: "Whoever learns the secret can send any plate, and open what plates open. A secret made before ends.",
  },
  forbid: {
    title: (name) => `Take signed plates of ${name} only?`,
    action: "Take signed plates only",
    consequence: "The secret ends at once. A camera that cannot sign is not heard any more.",
  },
};

function Question({ asking, setup: { id, name }, onSecret, onDone, onClose }: QuestionProps) {
  const api = useClient();
  const [grace, setGrace] = useState<(typeof GRACES)[number][0]>("0");
  const { title, action, consequence } = QUESTIONS[asking];
  const confirm = async () => {
    if (asking === "show" || asking === "rotate") {
      const { payload, problems } =
        asking === "show"
          ? await send(api, ShowNetworkKeyDocument, { id })
          : await send(api, RotateNetworkKeyDocument, { id, grace: durationOf(Number(grace)) });
      if (payload && payload.key !== null) onSecret({ what: "key", secret: payload.key });
      return problems;
    }
    const { payload, problems } = await send(api, AllowUnsignedPlatesDocument, { id, allowed: asking === "allow" });
    if (payload && payload.pushSecret !== null) onSecret({ what: "plates", secret: payload.pushSecret });
    return problems;
  };
  return (
    <Confirm
      title={title(name)}
      action={action}
      onConfirm={confirm}
      onDone={onDone}
      onReload={onClose}
      onClose={onClose}
    >
      <p>{consequence}</p>
      {asking === "rotate" && <Select label="The old key ends" value={grace} options={GRACES} onChange={setGrace} />}
    </Confirm>
  );
}

function Secret({ shown, path, onClose }: { shown: Shown; path: string; onClose: () => void }) {
  return (
    <Dialog title={shown.what === "key" ? "Key" : "Secret for plates"} onClose={onClose} testId="secret-dialog">
      <div className="form">
        {shown.what === "key" ? (
          <NetworkKey secret={shown.secret} path={path} />
        ) : (
          <>
            <p role="status">
              Set it on the camera as the password of HTTP Basic authentication, with the device’s id as the name; or at
              the end of the address. It is shown this once.
            </p>
            <CopyText text={shown.secret} name="the secret" testId="plate-secret" />
            <CopyText text={path.split("/").at(-1) ?? ""} name="the id" />
          </>
        )}
        <div className="form-end">
          <button type="button" className="primary" onClick={onClose}>
            Done
          </button>
        </div>
      </div>
    </Dialog>
  );
}
