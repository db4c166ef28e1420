import { useState } from "react";

import type { DoorAction } from "../doors/actions";
import { ActionForm } from "../doors/ActionForm";
import { NO_REASONS } from "../doors/use-reasons";
import type { CommandKind } from "../gql/operations";
import { Check } from "../ui/Check";
import { Dialog } from "../ui/Dialog";
import type { ZoneTerms } from "./zone-command";

interface ZoneDialogProps {
  name: string;
  /** Whether other zones lie in it. */
  nested: boolean;
  needed?: ReadonlySet<CommandKind>;
  onChoose: (action: DoorAction, terms: ZoneTerms) => void;
  onClose: () => void;
}

/** Every command for all doors of a zone. All but locking and resetting are asked about: they change many doors. */
export function ZoneDialog({ name, nested, needed = NO_REASONS, onChoose, onClose }: ZoneDialogProps) {
  const [includeNested, setIncludeNested] = useState(nested);
  return (
    <Dialog title={`All doors of ${name}`} onClose={onClose} testId="zone-dialog">
      <ActionForm
        about={`all doors of ${name}${includeNested ? ", and of the zones inside it" : ""}`}
        needed={needed}
        asks={(action) => action === "grant" || action === "unlock" || action === "lockdown"}
        onChoose={(action, terms) => onChoose(action, { ...terms, includeNested })}
      >
        {nested && (
          <Check label="Also the doors of the zones inside it" checked={includeNested} onChange={setIncludeNested} />
        )}
      </ActionForm>
    </Dialog>
  );
}
