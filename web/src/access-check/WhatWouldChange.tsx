import { useState } from "react";

import { fromLocalField } from "../app/clock";
import type { Viewer } from "../session/permission";
import { Select } from "../ui/Select";
import { Text } from "../ui/Text";
import { Comparison } from "./Comparison";
import { DAYS, type Days } from "./days";
import type { DraftChange } from "./draft-change";
import { NewChange } from "./NewChange";

interface Compared {
  start: string;
  days: number;
}

/** Changes are put together, one after the other, and compared; none of them is made. */
export function WhatWouldChange({ viewer }: { viewer: Viewer }) {
  const [changes, setChanges] = useState<readonly DraftChange[]>([]);
  const [from, setFrom] = useState("");
  const [days, setDays] = useState<Days>("7");
  const [compared, setCompared] = useState<Compared | null>(null);
  // An answer about another draft, or another time, would mislead: it goes with every change.
  const changed = (apply: () => void): void => {
    apply();
    setCompared(null);
  };
  const add = (change: DraftChange): void =>
    changed(() => setChanges([...changes.filter(({ words }) => words !== change.words), change]));
  const compare = (): void => setCompared({ start: fromLocalField(from) ?? new Date().toISOString(), days: Number(days) });
  return (
    <>
      <p className="quiet">
        Put changes together and see who would gain and who would lose access. Nothing of this is stored. What you are
        typing into a rule, a schedule or the doors of a zone is compared by <em>Preview effect</em> there.
      </p>
      <NewChange viewer={viewer} onAdd={add} />
      <section className="panel pad form" aria-label="The draft">
        <h2>The draft</h2>
        {changes.length === 0 && <p className="quiet">It has no changes yet.</p>}
        <ol className="rows draft-changes">
          {changes.map((change) => (
            <li key={change.words}>
              <span>{change.words}</span>
              <button
                type="button"
                aria-label={`Take out: ${change.words}`}
                onClick={() => changed(() => setChanges(changes.filter((other) => other !== change)))}
              >
                Take out
              </button>
            </li>
          ))}
        </ol>
        <div className="form-pair">
          <Text
            label="From"
            type="datetime-local"
            hint="Empty: from now on."
            value={from}
            onChange={(value) => changed(() => setFrom(value))}
          />
          <Select label="Time compared" value={days} options={DAYS} onChange={(value) => changed(() => setDays(value))} />
        </div>
        <div className="form-end">
          <button type="button" className="primary" disabled={changes.length === 0} onClick={compare}>
            Compare
          </button>
        </div>
      </section>
      {compared && (
        <div className="panel pad">
          <Comparison key={compared.start} draft={changes.map(({ input }) => input)} {...compared} linked />
        </div>
      )}
    </>
  );
}
