import type { ReactNode } from "react";

import { useSaving } from "../configuration/saving";
import type { ProblemFragment } from "../gql/operations";
import { Dialog } from "./Dialog";
import { Refused } from "./Refused";

interface ConfirmProps {
  title: string;
  /** What happens then. */
  children: ReactNode;
  /** What doing it is called. */
  action: string;
  /** Does it; resolves with why the server refused, or with nothing. */
  onConfirm: () => Promise<readonly ProblemFragment[]>;
  onDone: () => void;
  /** Shows what is there now, when somebody else has changed it meanwhile. */
  onReload: () => void;
  onClose: () => void;
}

/** A question before something that cannot be taken back. */
export function Confirm({ title, children, action, onConfirm, onDone, onReload, onClose }: ConfirmProps) {
  const { pending, problems, outdated, run } = useSaving([]);
  const confirm = async (): Promise<void> => {
    if (await run(onConfirm)) onDone();
  };
  const reload = (): void => {
    onReload();
    void run(async () => []);
  };
  return (
    <Dialog title={title} onClose={onClose} testId="confirm-dialog">
      <div className="form">
        {children}
        <Refused sentences={problems.form} outdated={outdated} onReload={reload} reload="Load it again" />
        <div className="form-end">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="button" className="danger" disabled={pending} onClick={() => void confirm()}>
            {action}
          </button>
        </div>
      </div>
    </Dialog>
  );
}
