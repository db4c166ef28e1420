import { useState } from "react";
import { useClient } from "urql";

import { PreviewEffect } from "../../access-check/PreviewEffect";
import { send } from "../../api/send";
import { useWhole } from "../../api/use-whole";
import {
  CreateZoneDocument,
  DeleteZoneDocument,
  type DraftChangeInput,
  ForgiveZoneDocument,
  UpdateZoneDocument,
  ZoneListDocument,
  type ZoneRowFragment,
} from "../../gql/operations";
import { may, type Viewer } from "../../session/permission";
import { Check } from "../../ui/Check";
import { Select } from "../../ui/Select";
import { Text } from "../../ui/Text";
import { Editor, Part } from "../Editor";
import { EditorPage, stateOf } from "../Page";
import { NEW, openConfiguration } from "../place";
import { useWriting, type WritingProps } from "../use-writing";
import { Forgive } from "./Forgive";
import { Inside } from "./Inside";
import { NO_ZONE, ZONE_FIELDS, zoneDraft, zoneInput } from "./zone-draft";
import { Occupancy, Passback, ZoneDoors } from "./ZoneParts";

interface ZoneScreenProps {
  id: string;
  writable: boolean;
  viewer: Pick<Viewer, "permissions">;
}

/** One zone with who is inside, or a new zone. */
export function ZoneScreen({ id, writable, viewer }: ZoneScreenProps) {
  const [{ data, error }, ask] = useWhole({ query: ZoneListDocument, complete: true, requestPolicy: "cache-and-network" });
  const zone = data?.zones.find((each) => each.id === id);
  const commanding = may(viewer, "door.command");
  return (
    <EditorPage
      section="zones"
      title={id === NEW ? "New zone" : (zone?.name ?? "Zone")}
      error={error}
      state={id === NEW ? "found" : stateOf(data, zone)}
    >
      {(onSaved) => (
        <>
          {zone && may(viewer, "cardholder.view") && <Inside zone={zone} commanding={commanding} />}
          {zone && commanding && (
            <div>
              <Forgive
                words="Forgive everybody inside"
                consequence="Who is in this zone no longer counts for its anti-passback."
                document={ForgiveZoneDocument}
                about={{ zoneId: zone.id }}
              />
            </div>
          )}
          <ZoneEditor
            key={zone?.version ?? NEW}
            zone={zone ?? null}
            others={data?.zones.filter((each) => each.id !== id) ?? []}
            writable={writable}
            seesPeople={may(viewer, "cardholder.view")}
            onSaved={onSaved}
            onReload={() => ask({ requestPolicy: "network-only" })}
          />
        </>
      )}
    </EditorPage>
  );
}

interface ZoneEditorProps extends WritingProps {
  zone: ZoneRowFragment | null;
  others: readonly ZoneRowFragment[];
  writable: boolean;
  seesPeople: boolean;
}

function ZoneEditor({ zone, others, writable, seesPeople, ...writing }: ZoneEditorProps) {
  const api = useClient();
  const { saving, save } = useWriting("zones", ZONE_FIELDS, writing);
  const [draft, setDraft] = useState(() => (zone === null ? NO_ZONE : zoneDraft(zone)));
  const change = (part: Partial<typeof draft>): void => setDraft((was) => ({ ...was, ...part }));
  const { fields } = saving.problems;

  const drafted = ({ id, version }: ZoneRowFragment): DraftChangeInput[] => [
    { setZoneDoors: { id, expectedVersion: version, doors: zoneInput(draft).doors } },
  ];

  const submit = (): Promise<void> =>
    save(zone === null ? "create" : "change", async () => {
      const input = zoneInput(draft);
      const { payload, problems } =
        zone === null
          ? await send(api, CreateZoneDocument, { input })
          : await send(api, UpdateZoneDocument, { input: { id: zone.id, expectedVersion: zone.version, ...input } });
      return { problems, id: payload?.zone?.id ?? null };
    });

  const parts = { draft, change, problems: fields };
  return (
    <Editor
      saving={saving}
      action={zone === null ? "Create the zone" : "Save"}
      writable={writable}
      onSubmit={submit}
      onCancel={() => openConfiguration("zones")}
      onReload={writing.onReload}
      tools={seesPeople && zone && <PreviewEffect label="Preview effect of the doors" draft={() => drafted(zone)} />}
      removal={
        zone === null
          ? undefined
          : {
              name: zone.name,
              consequence: "Its doors stay. A zone that a rule names, or that others lie in, cannot be deleted.",
              remove: async () =>
                (await send(api, DeleteZoneDocument, { id: zone.id, expectedVersion: zone.version })).problems,
              onRemoved: () => openConfiguration("zones"),
            }
      }
    >
      <Part title="Zone">
        <Text label="Name" required value={draft.name} onChange={(name) => change({ name })} problem={fields.name} />
        <Select
          label="Lies in"
          value={draft.parentId}
          options={[["", "No other zone"], ...others.map(({ id, name }) => [id, name] as const)]}
          onChange={(parentId) => change({ parentId })}
          problem={fields.parentId}
        />
        <Check
          label="Muster zone: who comes here in an emergency is safe"
          checked={draft.muster}
          onChange={(muster) => change({ muster })}
        />
      </Part>
      <ZoneDoors {...parts} />
      <Passback {...parts} zone={zone} />
      <Occupancy {...parts} />
    </Editor>
  );
}
