
import { useWhole, type Whole } from "../../api/use-whole";
import { type ReaderType, ReadersToConnectDocument, type ReadersToConnectQuery } from "../../gql/operations";
import { Select } from "../../ui/Select";
import { configurationHref, inConfiguration } from "../place";

interface ReaderChoiceProps {
  /** The types that are asked for. */
  types: readonly ReaderType[];
  value: string;
  onChange: (id: string) => void;
  problem: string | undefined;
}

/** One of the readers that have no device yet. */
export function ReaderChoice({ types, value, onChange, problem }: ReaderChoiceProps) {
  const [{ data }] = useWhole({ query: ReadersToConnectDocument, requestPolicy: "cache-and-network" });
  const readers = data ? waiting(data, types) : [];
  return (
    <>
      <Select
        label="Reader"
        hint="Those that have no device yet."
        value={value}
        options={[["", "Choose one"], ...readers]}
        onChange={onChange}
        problem={problem}
      />
      {data && readers.length === 0 && (
        <p className="quiet">
          No reader of this type waits for a device. <a href={configurationHref(inConfiguration("doors"))}>Add it to its door</a>{" "}
          first.
        </p>
      )}
    </>
  );
}

/** The readers without a device, by the door they stand at; those of a cab, which every floor names, once. */
export function waiting({ doorConfigurations, devices }: Whole<ReadersToConnectQuery>, types: readonly ReaderType[]): [string, string][] {
  const taken = new Set(devices.map(({ readerId }) => readerId));
  const found = new Map<string, string>();
  for (const { name, readers } of doorConfigurations)
    for (const reader of readers)
      if (types.includes(reader.type) && !taken.has(reader.id) && !found.has(reader.id))
        found.set(reader.id, `${name}: ${reader.name}`);
  return [...found];
}
