import { useEffect, useState } from "react";

import { useSaving } from "../configuration/saving";
import type { CardholderDetailFragment } from "../gql/operations";
import { Dialog } from "../ui/Dialog";
import { Field } from "../ui/Field";
import { Photo } from "../ui/Photo";
import { Refused } from "../ui/Refused";
import { PHOTO_TYPES, putPhoto } from "./photo";

interface PhotoEditorProps {
  cardholder: CardholderDetailFragment;
  onSaved: () => void;
  onReload: () => void;
  onClose: () => void;
}

/** Gives a cardholder another photo, seen before it is sent, or takes it away. */
export function PhotoEditor({ cardholder: { id, version, photoUrl, firstName, lastName }, onSaved, onReload, onClose }: PhotoEditorProps) {
  const [picture, setPicture] = useState<File | null>(null);
  const [preview, setPreview] = useState<string | null>(null);
  const { pending, problems, outdated, run } = useSaving([]);
  useEffect(() => (preview === null ? undefined : () => URL.revokeObjectURL(preview)), [preview]);

  const choose = (file: File | null): void => {
    setPicture(file);
    setPreview(file && URL.createObjectURL(file));
  };
  const put = async (chosen: File | null): Promise<void> => {
    if (await run(() => putPhoto(id, version, chosen))) onSaved();
  };

  return (
    <Dialog title={`Photo of ${firstName} ${lastName}`} onClose={onClose} testId="photo-dialog">
      <div className="form">
        <Refused sentences={problems.form} outdated={outdated} onReload={onReload} />
        <div className="photo-edit">
          {preview === null ? (
            <Photo url={photoUrl} instead="person" size="large" />
          ) : (
            <img className="photo-preview" src={preview} alt="As it will be shown" />
          )}
          <Field
            label="Picture"
            type="file"
            accept={PHOTO_TYPES}
            hint="JPEG, PNG or WebP, at most 10 MiB. Only the picture itself is kept."
            onChange={({ currentTarget }) => choose(currentTarget.files?.[0] ?? null)}
          />
        </div>
        <div className="form-end">
          {photoUrl !== null && picture === null && (
            <button type="button" className="danger" disabled={pending} onClick={() => void put(null)}>
              Remove the photo
            </button>
          )}
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="button" className="primary" disabled={pending || picture === null} onClick={() => void put(picture)}>
            {pending ? "Sending…" : "Use this picture"}
          </button>
        </div>
      </div>
    </Dialog>
  );
}
