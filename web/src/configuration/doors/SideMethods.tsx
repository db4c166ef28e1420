
import { useWhole } from "../../api/use-whole";
import { type ProfileRowFragment, ScheduleChoicesDocument, type Side } from "../../gql/operations";
import { Check } from "../../ui/Check";
import { idsOf, Picker } from "../../ui/Picker";
import { Part } from "../Editor";
import { methodWords, TYPES } from "./methods";

type Method = ProfileRowFragment["sideA"][number];

interface SideMethodsProps {
  side: Side;
  methods: readonly Method[];
  onChange: (methods: Method[]) => void;
  problem: string | undefined;
}

/** The combinations that one side accepts; any of them is enough. */
export function SideMethods({ side, methods, onChange, problem }: SideMethodsProps) {
  const [{ data }] = useWhole({ query: ScheduleChoicesDocument });
  const schedules = data?.schedules ?? [];
  const set = (index: number, part: Partial<Method>): void =>
    onChange(methods.map((each, at) => (at === index ? { ...each, ...part } : each)));
  return (
    <Part
      title={`Side ${side}`}
      end={
        <button type="button" onClick={() => onChange([...methods, { types: [], scheduleIds: [] }])}>
          Add a combination on side {side}
        </button>
      }
    >
      {methods.length === 0 && <p className="quiet">None: this side accepts nothing.</p>}
      {methods.map(({ types, scheduleIds }, index) => {
        const of = `side ${side}, combination ${index + 1}`;
        return (
          // Combinations have no identity but their place.
          // oxlint-disable-next-line react/no-array-index-key
          <div key={index} className="nested" role="group" aria-label={`Combination ${index + 1} of side ${side}`}>
            <div className="part-head">
              <h3>{methodWords(types)}</h3>
              <button type="button" onClick={() => onChange(methods.filter((_, at) => at !== index))}>
                Remove {of}
              </button>
            </div>
            <div className="checks">
              {TYPES.map(([type, name]) => (
                <Check
                  key={type}
                  label={name}
                  checked={types.includes(type)}
                  onChange={(on) => set(index, { types: on ? [...types, type] : types.filter((each) => each !== type) })}
                />
              ))}
            </div>
            <Picker
              label={`Schedules of ${of}`}
              hint="None: always."
              chosen={scheduleIds.map((id) => schedules.find((each) => each.id === id) ?? { id, name: id })}
              options={schedules}
              onChange={(chosen) => set(index, { scheduleIds: idsOf(chosen) })}
            />
          </div>
        );
      })}
      {problem !== undefined && <p className="field-problem">{problem}</p>}
    </Part>
  );
}
