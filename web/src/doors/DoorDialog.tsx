import { useState } from "react";

import { Dialog } from "../ui/Dialog";
import { Field } from "../ui/Field";
import { ACTION_WORDS, DOOR_ACTIONS, type DoorAction } from "./command";

interface DoorDialogProps {
  doorName: string;
  onChoose: (action: DoorAction, reason: string) => void;
  onClose: () => void;
}

/** Every command for one door, with a reason that goes into the log. */
export function DoorDialog({ doorName, onChoose, onClose }: DoorDialogProps) {
  const [reason, setReason] = useState("");
  return (
    <Dialog title={doorName} onClose={onClose} testId="door-dialog">
      <Field
        label="Reason"
        hint="Optional. It is kept with the event."
        name="reason"
        value={reason}
        maxLength={200}
        autoComplete="off"
        onChange={(change) => setReason(change.currentTarget.value)}
      />
      <ul className="door-actions">
        {DOOR_ACTIONS.map((action) => {
          const { label, meaning } = ACTION_WORDS[action];
          return (
            <li key={action}>
              <button
                type="button"
                className={action === "lockdown" ? "danger" : undefined}
                onClick={() => onChoose(action, reason.trim())}
                aria-describedby={`door-action-${action}`}
                data-testid={`door-action-${action}`}
              >
                {label}
              </button>
              <span id={`door-action-${action}`} className="quiet">
                {meaning}
              </span>
            </li>
          );
        })}
      </ul>
    </Dialog>
  );
}
