import { useState } from "react";
import { useClient } from "urql";

import { send } from "../../api/send";
import { useWhole } from "../../api/use-whole";
import {
  CalendarListDocument,
  CreateOverrideDocument,
  DeleteOverrideDocument,
  type OverrideDetailFragment,
  OverrideListDocument,
  UpdateOverrideDocument,
} from "../../gql/operations";
import { Check } from "../../ui/Check";
import { Picker } from "../../ui/Picker";
import { Text } from "../../ui/Text";
import { Editor, Part } from "../Editor";
import { EditorPage, stateOf } from "../Page";
import { NEW, openConfiguration } from "../place";
import { useWriting, type WritingProps } from "../use-writing";
import { InUseBy } from "./InUseBy";
import { type DatesDraft, NO_OVERRIDE, OVERRIDE_FIELDS, overrideDraft, overrideInput, overrideReadable } from "./override-draft";
import { SLOTS_HINT } from "./slots";
import { SlotsField } from "./SlotsField";

/** One override schedule, or a new one. */
export function OverrideScreen({ id, writable }: { id: string; writable: boolean }) {
  const [{ data, error }, ask] = useWhole({ query: OverrideListDocument, complete: true, requestPolicy: "cache-and-network", pause: id === NEW });
  const override = data?.overrideSchedules.find((each) => each.id === id);
  return (
    <EditorPage
      section="overrides"
      title={id === NEW ? "New override schedule" : (override?.name ?? "Override schedule")}
      error={error}
      state={id === NEW ? "found" : stateOf(data, override)}
    >
      {(onSaved) => (
        <>
          <OverrideEditor
            key={override?.version ?? NEW}
            override={override ?? null}
            writable={writable}
            onSaved={onSaved}
            onReload={() => ask({ requestPolicy: "network-only" })}
          />
          {override && (
            <Part title="In use by">
              <InUseBy uses={override.inUseBy} />
            </Part>
          )}
        </>
      )}
    </EditorPage>
  );
}

interface OverrideEditorProps extends WritingProps {
  override: OverrideDetailFragment | null;
  writable: boolean;
}

function OverrideEditor({ override, writable, ...writing }: OverrideEditorProps) {
  const api = useClient();
  const { saving, save } = useWriting("overrides", OVERRIDE_FIELDS, writing);
  const [draft, setDraft] = useState(() => (override === null ? NO_OVERRIDE : overrideDraft(override)));
  const change = (part: Partial<typeof draft>): void => setDraft((was) => ({ ...was, ...part }));
  const [{ data }] = useWhole({ query: CalendarListDocument });
  const { fields } = saving.problems;

  const submit = async (): Promise<void> => {
    if (!overrideReadable(draft)) return;
    await save(override === null ? "create" : "change", async () => {
      const input = overrideInput(draft);
      const { payload, problems } =
        override === null
          ? await send(api, CreateOverrideDocument, { input })
          : await send(api, UpdateOverrideDocument, { input: { id: override.id, expectedVersion: override.version, ...input } });
      return { problems, id: payload?.overrideSchedule?.id ?? null };
    });
  };

  return (
    <Editor
      saving={saving}
      action={override === null ? "Create the override schedule" : "Save"}
      writable={writable}
      onSubmit={submit}
      onCancel={() => openConfiguration("overrides")}
      onReload={writing.onReload}
      removal={
        override === null
          ? undefined
          : {
              name: override.name,
              consequence: "One that schedules follow cannot be deleted.",
              remove: async () => (await send(api, DeleteOverrideDocument, { id: override.id })).problems,
              onRemoved: () => openConfiguration("overrides"),
            }
      }
    >
      <Part title="Override schedule">
        <Text label="Name" required value={draft.name} onChange={(name) => change({ name })} problem={fields.name} />
        <SlotsField label="Slots on its days" hint={SLOTS_HINT} value={draft.slots} onChange={(slots) => change({ slots })} />
        {fields.intervals !== undefined && <p className="field-problem">{fields.intervals}</p>}
        <Check
          label="End at midnight what the day before would carry into its days"
          checked={draft.cutsMidnight}
          onChange={(cutsMidnight) => change({ cutsMidnight })}
        />
      </Part>
      <Dates dates={draft.dates} onChange={(dates) => change({ dates })} problem={fields.dates} />
      <Part title="Holidays">
        <Picker
          label="Holiday calendars"
          chosen={draft.calendars}
          options={data?.holidayCalendars ?? []}
          onChange={(calendars) => change({ calendars })}
          problem={fields.calendarIds}
        />
      </Part>
    </Editor>
  );
}

interface DatesProps {
  dates: readonly DatesDraft[];
  onChange: (dates: DatesDraft[]) => void;
  problem: string | undefined;
}

function Dates({ dates, onChange, problem }: DatesProps) {
  const set = (index: number, part: Partial<DatesDraft>): void =>
    onChange(dates.map((each, at) => (at === index ? { ...each, ...part } : each)));
  const add = (): void => onChange([...dates, { firstDay: "", lastDay: "", yearly: false, slots: null }]);
  return (
    <Part
      title="Dates"
      end={
        <button type="button" onClick={add}>
          Add dates
        </button>
      }
    >
      <ul className="rows">
        {dates.map(({ firstDay, lastDay, yearly, slots }, index) => {
          const nth = index + 1;
          return (
            // Dates have no identity but their place.
            // oxlint-disable-next-line react/no-array-index-key
            <li key={index}>
              <Text label={`First day ${nth}`} type="date" value={firstDay} onChange={(day) => set(index, { firstDay: day })} />
              <Text label={`Last day ${nth}`} type="date" value={lastDay} onChange={(day) => set(index, { lastDay: day })} />
              <Check label={`Dates ${nth}: every year`} checked={yearly} onChange={(on) => set(index, { yearly: on })} />
              <Check
                label={`Dates ${nth}: other slots`}
                checked={slots !== null}
                onChange={(on) => set(index, { slots: on ? "" : null })}
              />
              {slots !== null && (
                <SlotsField label={`Slots ${nth}`} value={slots} onChange={(typed) => set(index, { slots: typed })} />
              )}
              <button type="button" onClick={() => onChange(dates.filter((_, at) => at !== index))}>
                Remove dates {nth}
              </button>
            </li>
          );
        })}
      </ul>
      {problem !== undefined && <p className="field-problem">{problem}</p>}
    </Part>
  );
}
