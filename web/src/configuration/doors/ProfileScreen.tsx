import { useState } from "react";
import { useClient } from "urql";

import { send } from "../../api/send";
import { useWhole } from "../../api/use-whole";
import {
  CreateProfileDocument,
  DeleteProfileDocument,
  type ProfileRowFragment,
  ProfileListDocument,
  UpdateProfileDocument,
} from "../../gql/operations";
import { Check } from "../../ui/Check";
import { Select } from "../../ui/Select";
import { Text } from "../../ui/Text";
import { Editor, Part } from "../Editor";
import { EditorPage, stateOf } from "../Page";
import { NEW, openConfiguration } from "../place";
import { useWriting, type WritingProps } from "../use-writing";
import { methodInput } from "./methods";
import { SideMethods } from "./SideMethods";

const FIELDS = ["name", "sideA", "sideB", "facilityCode"] as const;

/** One identification profile, or a new one. */
export function ProfileScreen({ id, writable }: { id: string; writable: boolean }) {
  const [{ data, error }, ask] = useWhole({ query: ProfileListDocument, complete: true, requestPolicy: "cache-and-network" });
  const profiles = data?.identificationProfiles ?? [];
  const profile = profiles.find((each) => each.id === id);
  return (
    <EditorPage
      section="profiles"
      title={id === NEW ? "New identification profile" : (profile?.name ?? "Identification profile")}
      error={error}
      state={id === NEW ? "found" : stateOf(data, profile)}
    >
      {(onSaved) => (
        <ProfileEditor
          key={profile?.version ?? NEW}
          profile={profile ?? null}
          others={profiles.filter((each) => each.id !== id)}
          writable={writable}
          onSaved={onSaved}
          onReload={() => ask({ requestPolicy: "network-only" })}
        />
      )}
    </EditorPage>
  );
}

interface ProfileEditorProps extends WritingProps {
  profile: ProfileRowFragment | null;
  others: readonly ProfileRowFragment[];
  writable: boolean;
}

const NO_PROFILE = { name: "", facilityCode: true, sideA: [], sideB: [] };

function ProfileEditor({ profile, others, writable, ...writing }: ProfileEditorProps) {
  const api = useClient();
  const { saving, save } = useWriting("profiles", FIELDS, writing);
  const [draft, setDraft] = useState<Pick<ProfileRowFragment, (typeof FIELDS)[number]>>(() => profile ?? NO_PROFILE);
  const [successorId, setSuccessorId] = useState("");
  const change = (part: Partial<typeof draft>): void => setDraft((was) => ({ ...was, ...part }));
  const { fields } = saving.problems;

  const submit = (): Promise<void> =>
    save(profile === null ? "create" : "change", async () => {
      const { facilityCode, sideA, sideB } = draft;
      const input = { name: draft.name.trim(), facilityCode, sideA: sideA.map(methodInput), sideB: sideB.map(methodInput) };
      const { payload, problems } =
        profile === null
          ? await send(api, CreateProfileDocument, { input })
          : await send(api, UpdateProfileDocument, { input: { id: profile.id, expectedVersion: profile.version, ...input } });
      return { problems, id: payload?.profile?.id ?? null };
    });

  return (
    <Editor
      saving={saving}
      action={profile === null ? "Create the profile" : "Save"}
      writable={writable}
      onSubmit={submit}
      onCancel={() => openConfiguration("profiles")}
      onReload={writing.onReload}
      removal={
        profile === null
          ? undefined
          : {
              name: profile.name,
              consequence:
                profile.doorIds.length === 0 ? "No door uses it." : `Doors that use it: ${profile.doorIds.length}. They get its successor.`,
              remove: async () => {
                const variables = { id: profile.id, successorId: successorId || null, expectedVersion: profile.version };
                return (await send(api, DeleteProfileDocument, variables)).problems;
              },
              onRemoved: () => openConfiguration("profiles"),
              children: profile.doorIds.length > 0 && (
                <Select
                  label="Successor"
                  value={successorId}
                  options={[["", "Choose one"], ...others.map(({ id, name }) => [id, name] as const)]}
                  onChange={setSuccessorId}
                />
              ),
            }
      }
    >
      <Part title="Profile">
        <Text label="Name" required value={draft.name} onChange={(name) => change({ name })} problem={fields.name} />
        <Check
          label="The facility code of a card must match too"
          checked={draft.facilityCode}
          onChange={(facilityCode) => change({ facilityCode })}
        />
        {profile && <p className="quiet">A change reaches every door that uses the profile: {profile.doorIds.length}.</p>}
      </Part>
      <SideMethods side="A" methods={draft.sideA} onChange={(sideA) => change({ sideA })} problem={fields.sideA} />
      <SideMethods side="B" methods={draft.sideB} onChange={(sideB) => change({ sideB })} problem={fields.sideB} />
    </Editor>
  );
}
