import { useState } from "react";
import { useClient } from "urql";

import { send } from "../../api/send";
import { useWhole, type Whole } from "../../api/use-whole";
import { ChooseReaderSignalsDocument, SignalSetsDocument, type SignalSetsQuery } from "../../gql/operations";
import { Select } from "../../ui/Select";
import { Part } from "../Editor";
import { Cell, ListPage, NameCell, Rows } from "../Page";
import { configurationHref, inConfiguration } from "../place";
import { OUTCOMES, signalWords } from "./signals-draft";
import { SignalPreview } from "./SignalPreview";
import { SITE } from "./SignalScreen";
import "./signals.css";

/** What readers show and sound: the site's signals, the sets that stand in for them, and who shows what. */
export function SignalList({ writable }: { writable: boolean }) {
  const [{ data, error }, ask] = useWhole({ query: SignalSetsDocument, requestPolicy: "cache-and-network" });
  return (
    <ListPage
      section="signals"
      create={writable ? "New set of signals" : undefined}
      error={error}
      count={data?.signalSets.length}
      empty="There are no sets of signals yet: every OSDP reader shows the site’s."
      tools={data && <OfTheSite signals={data.readerSignals} />}
    >
      <Rows caption="Sets of signals" columns={["Name", "Granted", "Denied", "Shown by"]}>
        {data?.signalSets.map(({ id, name, signals, readers }) => (
          <tr key={id}>
            <NameCell section="signals" id={id} name={name} />
            <Cell label="Granted">{signalWords(signals.granted)}</Cell>
            <Cell label="Denied">{signalWords(signals.denied)}</Cell>
            <Cell label="Shown by">{readers.map((reader) => reader.name).join(", ") || "no reader yet"}</Cell>
          </tr>
        ))}
      </Rows>
      {data && <WhoShowsWhat data={data} writable={writable} onChanged={() => ask({ requestPolicy: "network-only" })} />}
    </ListPage>
  );
}

function OfTheSite({ signals }: { signals: Whole<SignalSetsQuery>["readerSignals"] }) {
  return (
    <Part
      title="Signals of the site"
      end={
        <a className="button" href={configurationHref(inConfiguration("signals", SITE))}>
          Change them
        </a>
      }
    >
      <div className="signal-overview">
        {OUTCOMES.map(([outcome, title]) => (
          <div key={outcome}>
            <p>{title}</p>
            <SignalPreview name={title} {...signals[outcome]} />
          </div>
        ))}
      </div>
    </Part>
  );
}

interface WhoProps {
  data: Whole<SignalSetsQuery>;
  writable: boolean;
  onChanged: () => void;
}

function WhoShowsWhat({ data: { signalSets, osdpDevices }, writable, onChanged }: WhoProps) {
  const api = useClient();
  const [problem, setProblem] = useState<{ readerId: string; words: string } | null>(null);
  const choose = async (readerId: string, setId: string): Promise<void> => {
    const variables = { readerId, signalSetId: setId === "" ? null : setId };
    const { problems } = await send(api, ChooseReaderSignalsDocument, variables);
    setProblem(problems[0] === undefined ? null : { readerId, words: problems[0].message });
    onChanged();
  };
  const readers = osdpDevices.flatMap(({ readerId, readerName, doorName }) =>
    readerId === null ? [] : [{ id: readerId, name: `${readerName ?? "Reader"}${doorName === null ? "" : ` at ${doorName}`}` }],
  );
  if (readers.length === 0) return null;
  return (
    <Part title="What each reader shows">
      <fieldset className="signal-readers" disabled={!writable}>
        {readers.map(({ id, name }) => (
          <Select
            key={id}
            label={name}
            value={signalSets.find((set) => set.readers.some((reader) => reader.id === id))?.id ?? ""}
            options={[["", "The site’s signals"], ...signalSets.map((set) => [set.id, set.name] as const)]}
            onChange={(setId) => void choose(id, setId)}
            problem={problem?.readerId === id ? problem.words : undefined}
          />
        ))}
      </fieldset>
    </Part>
  );
}
