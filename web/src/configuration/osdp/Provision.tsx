import { type ReactNode, useEffect, useState } from "react";
import { useClient } from "urql";

import { durationOf } from "../../api/duration";
import { send } from "../../api/send";
import { type BusDeviceFragment, type OrderStateFragment, ProvisionDeviceDocument } from "../../gql/operations";
import { Dialog } from "../../ui/Dialog";
import { Select } from "../../ui/Select";
import { Editor } from "../Editor";
import { KeyField, keyInput } from "./KeyField";
import { useOrder } from "./use-order";

const WINDOWS = [
  ["60", "1 minute"],
  ["120", "2 minutes"],
  ["300", "5 minutes"],
  ["600", "10 minutes"],
] as const;
const TICK_MS = 1_000;

interface ProvisionProps {
  deviceId: string;
  name: string;
  live: BusDeviceFragment | undefined;
  onClose: () => void;
  onChanged: () => void;
}

/** The window in which a device in install mode is given its key, and what to do at each step. */
export function Provision({ deviceId, name, live, onClose, onChanged }: ProvisionProps) {
  const api = useClient();
  const { order, saving, begin, stop, clear } = useOrder(["window", "key"], onChanged);
  const [seconds, setSeconds] = useState<string>("120");
  const [key, setKey] = useState<string | null>(null);
  const input = { deviceId, window: durationOf(Number(seconds)), key: keyInput(key) };
  return (
    <Dialog title={`Key for ${name}`} onClose={onClose} testId="provision">
      {order === null ? (
        <Editor
          saving={saving}
          action="Open the window"
          writable
          onSubmit={() => begin(() => send(api, ProvisionDeviceDocument, { input }))}
          onCancel={onClose}
        >
          <p>
            In install mode the key travels under a key that everybody knows. Do this where nobody else reaches the wires; best
            on a bench.
          </p>
          <Select
            label="How long the window stays open"
            value={seconds}
            options={WINDOWS}
            onChange={setSeconds}
            problem={saving.problems.fields.window}
          />
          <KeyField
            value={key}
            onChange={setKey}
            problem={saving.problems.fields.key}
            otherwise="Otherwise it is derived from the site’s main key, for this device alone."
          />
        </Editor>
      ) : (
        <div className="form">
          <Steps order={order} live={live} />
          {!order.ended && <TimeLeft key={order.id} seconds={Number(seconds)} />}
          <div className="form-end">
            {order.ended ? (
              <>
                {order.step !== "DONE" && (
                  <button type="button" onClick={clear}>
                    Try again
                  </button>
                )}
                <button type="button" className="primary" onClick={onClose}>
                  Close
                </button>
              </>
            ) : (
              <button type="button" onClick={() => void stop()}>
                Close the window
              </button>
            )}
          </div>
        </div>
      )}
    </Dialog>
  );
}

function Steps({ order: { step, ended, detail }, live }: { order: OrderStateFragment; live: BusDeviceFragment | undefined }) {
  const waiting = step === "WAITING" && !live?.installMode;
  const proving = step === "WAITING" && live?.installMode === true;
  const sent = step === "KEY_SENT";
  const done = step === "DONE";
  return (
    <>
      <p role="status" className={`order ${done ? "tone-good" : ended ? "tone-warning" : "tone-notice"}`}>
        <strong>
          {done && "It has its key and is online. Show a card to try it."}
          {waiting && "Put the reader in install mode now."}
          {proving && "It is in install mode. It gets its key."}
          {sent && "The key is on its way. Leave the power on."}
          {ended && !done && (step === "STOPPED" ? "You closed the window." : "It did not work.")}
        </strong>{" "}
        {ended && !done && detail}
      </p>
      <ol className="steps">
        <Step now={waiting} past={proving || sent || done} title="Put it in install mode">
          By its maker’s way: a jumper, a configuration card, or a power cycle. {live?.problem}
        </Step>
        <Step now={proving || sent} past={done} title="It gets its key">
          It takes two seconds. Other readers on its line are away for a moment.
        </Step>
        <Step now={false} past={done} title="It is heard with its key">
          The alarm of install mode ends. Then show a card.
        </Step>
      </ol>
    </>
  );
}

function Step({ now, past, title, children }: { now: boolean; past: boolean; title: string; children: ReactNode }) {
  return (
    <li aria-current={now ? "step" : undefined} className={past ? "past" : undefined}>
      <strong>
        {title}
        {past && <span className="heard-only"> (done)</span>}
      </strong>
      <p className="quiet">{children}</p>
    </li>
  );
}

function TimeLeft({ seconds }: { seconds: number }) {
  const [end] = useState(() => Date.now() + seconds * 1_000);
  const [left, setLeft] = useState(seconds);
  useEffect(() => {
    const timer = setInterval(() => setLeft(Math.max(0, Math.round((end - Date.now()) / 1_000))), TICK_MS);
    return () => clearInterval(timer);
  }, [end]);
  return (
    <p className="order-bar">
      <progress aria-label="Time that the window stays open" value={left} max={seconds} />
      <span className="numbers">{left} s</span>
    </p>
  );
}
