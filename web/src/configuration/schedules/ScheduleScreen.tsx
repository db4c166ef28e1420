import { useState } from "react";
import { useClient, useQuery } from "urql";

import { PreviewEffect } from "../../access-check/PreviewEffect";
import { send } from "../../api/send";
import { useWhole } from "../../api/use-whole";
import {
  CreateScheduleDocument,
  DeleteScheduleDocument,
  type DraftChangeInput,
  OverrideChoicesDocument,
  type ScheduleDetailFragment,
  ScheduleDetailDocument,
  UpdateScheduleDocument,
} from "../../gql/operations";
import { useMay } from "../../session/viewing";
import { Picker } from "../../ui/Picker";
import { Select } from "../../ui/Select";
import { Text } from "../../ui/Text";
import { Editor, Part } from "../Editor";
import { EditorPage, stateOf } from "../Page";
import { NEW, openConfiguration } from "../place";
import { useWriting, type WritingProps } from "../use-writing";
import { InUseBy } from "./InUseBy";
import { OwnDays, Periods } from "./Periods";
import { Preview } from "./Preview";
import { NO_SCHEDULE, readable, SCHEDULE_FIELDS, scheduleDraft, scheduleInput } from "./schedule-draft";
import { ActiveBadge, nextWords } from "./ScheduleList";
import { WeekEditor } from "./WeekEditor";

interface ScheduleScreenProps {
  id: string;
  writable: boolean;
  /** Whether the viewer may learn whom a change concerns. */
  seesPeople: boolean;
}

/** One schedule with its week to come, or a new one. */
export function ScheduleScreen({ id, writable, seesPeople }: ScheduleScreenProps) {
  const [{ data, error }, ask] = useQuery({
    query: ScheduleDetailDocument,
    variables: { id },
    requestPolicy: "cache-and-network",
    pause: id === NEW,
  });
  const schedule = data?.schedule;
  return (
    <EditorPage
      section="schedules"
      title={id === NEW ? "New schedule" : (schedule?.name ?? "Schedule")}
      watched={{ kind: "SCHEDULE", id, onReload: () => ask({ requestPolicy: "network-only" }) }}
      error={error}
      state={id === NEW ? "found" : stateOf(data, schedule)}
    >
      {(onSaved) => (
        <>
          {schedule && (
            <p>
              <ActiveBadge schedule={schedule} /> Next change: {nextWords(schedule)}.
            </p>
          )}
          <ScheduleEditor
            key={schedule?.version ?? NEW}
            schedule={schedule ?? null}
            writable={writable}
            seesPeople={seesPeople}
            onSaved={onSaved}
            onReload={() => ask({ requestPolicy: "network-only" })}
          />
          {schedule && (
            <Part title="In use by">
              <InUseBy uses={schedule.inUseBy} />
            </Part>
          )}
        </>
      )}
    </EditorPage>
  );
}

interface ScheduleEditorProps extends WritingProps {
  schedule: ScheduleDetailFragment | null;
  writable: boolean;
  seesPeople: boolean;
}

function ScheduleEditor({ schedule, writable, seesPeople, ...writing }: ScheduleEditorProps) {
  const api = useClient();
  const { saving, save } = useWriting("schedules", SCHEDULE_FIELDS, writing);
  const [draft, setDraft] = useState(() => (schedule === null ? NO_SCHEDULE : scheduleDraft(schedule)));
  const change = (part: Partial<typeof draft>): void => setDraft((was) => ({ ...was, ...part }));
  const [{ data }] = useWhole({ query: OverrideChoicesDocument, pause: !useMay("configuration.view", "everywhere") });
  const { fields } = saving.problems;

  const drafted = ({ id, version }: ScheduleDetailFragment): DraftChangeInput[] | null =>
    readable(draft) ? [{ updateSchedule: { id, expectedVersion: version, ...scheduleInput(draft) } }] : null;

  const submit = async (): Promise<void> => {
    // The lines that cannot be read say so themselves; they are marked, so that the first one gets the focus.
    if (!readable(draft)) return;
    await save(schedule === null ? "create" : "change", async () => {
      const input = scheduleInput(draft);
      const { payload, problems } =
        schedule === null
          ? await send(api, CreateScheduleDocument, { input })
          : await send(api, UpdateScheduleDocument, { input: { id: schedule.id, expectedVersion: schedule.version, ...input } });
      return { problems, id: payload?.schedule?.id ?? null };
    });
  };

  return (
    <>
      <Preview draft={draft} />
      <Editor
        saving={saving}
        action={schedule === null ? "Create the schedule" : "Save"}
        writable={writable}
        onSubmit={submit}
        onCancel={() => openConfiguration("schedules")}
        onReload={writing.onReload}
        tools={seesPeople && schedule && <PreviewEffect draft={() => drafted(schedule)} />}
        removal={
          schedule === null
            ? undefined
            : {
                name: schedule.name,
                consequence: "A schedule that something uses cannot be deleted.",
                remove: async () =>
                  (await send(api, DeleteScheduleDocument, { id: schedule.id, expectedVersion: schedule.version })).problems,
                onRemoved: () => openConfiguration("schedules"),
              }
        }
      >
        <Part title="Schedule">
          <Text label="Name" required value={draft.name} onChange={(name) => change({ name })} problem={fields.name} />
          <div className="form-pair">
            <Select
              label="Kind"
              value={draft.kind}
              options={[
                ["WEEKLY", "Weekly: slots by weekday"],
                ["DAILY", "Daily: the same slots on each day of date ranges"],
              ]}
              onChange={(kind) => change({ kind })}
              problem={fields.kind}
            />
            <Text
              label="First day"
              type="date"
              hint="Empty: from ever."
              value={draft.firstDay}
              onChange={(firstDay) => change({ firstDay })}
              problem={fields.firstDay}
            />
            <Text
              label="Last day"
              type="date"
              hint="Empty: for ever."
              value={draft.lastDay}
              onChange={(lastDay) => change({ lastDay })}
              problem={fields.lastDay}
            />
          </div>
        </Part>
        {draft.kind === "WEEKLY" && (
          <Part title="Week">
            <WeekEditor week={draft.week} onChange={(week) => change({ week })} />
            {fields.days !== undefined && <p className="field-problem">{fields.days}</p>}
          </Part>
        )}
        <Periods draft={draft} change={change} problem={fields.periods} />
        <OwnDays draft={draft} change={change} problem={fields.overrides} />
        <Part title="Override schedules and holidays">
          <Picker
            label="Override schedules"
            hint="They replace whole days. Of two that name a date, the earlier one wins."
            chosen={draft.overrideSchedules}
            options={data?.overrideSchedules ?? []}
            onChange={(overrideSchedules) => change({ overrideSchedules })}
            problem={fields.overrideScheduleIds}
          />
        </Part>
      </Editor>
    </>
  );
}
