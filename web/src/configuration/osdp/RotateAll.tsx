import { useEffect, useRef, useState } from "react";
import { useClient } from "urql";

import { send } from "../../api/send";
import { type OsdpRowFragment, RotateDeviceKeyDocument } from "../../gql/operations";
import { Dialog } from "../../ui/Dialog";
import { followOrder } from "./follow-order";
import { deviceTitle } from "./osdp-words";

interface RotateAllProps {
  /** Those that are online. */
  devices: readonly OsdpRowFragment[];
  onClose: () => void;
}

type Outcome = "waits" | "running" | "done" | { problem: string };

/** Gives one device after the other a new key, each over its secure channel, so that never more than one is away. */
export function RotateAll({ devices, onClose }: RotateAllProps) {
  const api = useClient();
  // Who is online changes while this goes on: they are those of the beginning.
  const [those] = useState(devices);
  const [outcomes, setOutcomes] = useState<Readonly<Record<string, Outcome>>>({});
  const [state, setState] = useState<"asks" | "running" | "ended">("asks");
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);

  const rotate = async (): Promise<void> => {
    const mine = new AbortController();
    running.current = mine;
    setState("running");
    for (const { id } of those) {
      if (mine.signal.aborted) break;
      const tell = (outcome: Outcome): void => setOutcomes((was) => ({ ...was, [id]: outcome }));
      tell("running");
      const { payload, problems } = await send(api, RotateDeviceKeyDocument, { input: { deviceId: id } });
      if (!payload?.order) {
        tell({ problem: problems[0]?.message ?? "The server sent no answer." });
        continue;
      }
      // Stopping ends it after this device: a key on its way is not called back.
      const { step, detail } = await followOrder(api, payload.order, new AbortController().signal, () => undefined);
      tell(step === "DONE" ? "done" : { problem: detail || "It was stopped." });
    }
    setState("ended");
  };
  const done = those.filter(({ id }) => outcomes[id] === "done").length;
  const over = those.filter(({ id }) => outcomes[id] !== undefined && outcomes[id] !== "running").length;
  return (
    <Dialog title="New keys for all devices that are online" onClose={onClose} testId="rotate-all">
      <div className="form">
        {state === "asks" && (
          <p>
            One after the other gets a new key over its secure channel; it takes a few seconds each. The readers stay usable. A
            device that is offline keeps its key.
          </p>
        )}
        {state !== "asks" && (
          <p className="order-bar">
            <progress aria-label="Devices that are through" value={over} max={those.length} />
            <span className="numbers">
              {over} of {those.length}
            </span>
          </p>
        )}
        <p role="status" className="saved">
          {state === "ended" ? `${done} of ${those.length} have a new key.` : ""}
        </p>
        <ul className="rotation" aria-label="Devices">
          {those.map((row) => (
            <li key={row.id}>
              <span>{deviceTitle(row)}</span> <span className="quiet">{outcomeWords(outcomes[row.id] ?? "waits")}</span>
            </li>
          ))}
        </ul>
        <div className="form-end">
          {state === "running" ? (
            <button type="button" onClick={() => running.current?.abort()}>
              Stop after this one
            </button>
          ) : (
            <button type="button" onClick={onClose}>
              {state === "ended" ? "Close" : "Cancel"}
            </button>
          )}
          {state === "asks" && (
            <button type="button" className="primary" onClick={() => void rotate()}>
              Give {those.length} {those.length === 1 ? "device a new key" : "devices new keys"}
            </button>
          )}
        </div>
      </div>
    </Dialog>
  );
}

function outcomeWords(outcome: Outcome): string {
  if (outcome === "waits") return "has its key still";
  if (outcome === "running") return "gets its key…";
  return outcome === "done" ? "has a new key" : outcome.problem;
}
