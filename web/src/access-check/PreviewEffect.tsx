import { useState } from "react";

import type { DraftChangeInput } from "../gql/operations";
import { Dialog } from "../ui/Dialog";
import { Select } from "../ui/Select";
import { Comparison } from "./Comparison";
import { DAYS, type Days } from "./days";

interface PreviewEffectProps {
  /** The draft as it is typed now; null: it cannot be read yet, and its form says why. */
  draft: () => readonly DraftChangeInput[] | null;
  /** What the button is called. */
  label?: string;
}

/** Shows, over the form that is being filled in, who would gain and lose access if it were saved. */
export function PreviewEffect({ draft, label = "Preview effect" }: PreviewEffectProps) {
  const [asked, setAsked] = useState<{ draft: readonly DraftChangeInput[]; start: string } | null>(null);
  const [days, setDays] = useState<Days>("7");
  const open = (): void => {
    const now = draft();
    if (now !== null) setAsked({ draft: now, start: new Date().toISOString() });
  };
  return (
    <>
      <button type="button" onClick={open}>
        {label}
      </button>
      {asked && (
        <Dialog title="What would change" wide onClose={() => setAsked(null)} testId="preview-effect">
          <div className="form">
            <Select label="Time compared, from now" value={days} options={DAYS} onChange={setDays} />
            <Comparison key={days} draft={asked.draft} start={asked.start} days={Number(days)} linked={false} />
            <div className="form-end">
              <button type="button" onClick={() => setAsked(null)}>
                Back to the form
              </button>
            </div>
          </div>
        </Dialog>
      )}
    </>
  );
}
