import type { ReaderSetupFragment } from "../../gql/operations";
import { Dialog } from "../../ui/Dialog";
import { DeviceDialog } from "../doors/DeviceDialog";
import { kindOfReader } from "./device-words";
import { NewNetworkDevice } from "./NewNetworkDevice";
import { NewWiegand } from "./NewWiegand";

interface DeviceOfReaderDialogProps {
  reader: ReaderSetupFragment;
  /** It is there; a key that was made is still shown. */
  onAdded: () => void;
  onClose: () => void;
}

/** Adds the device that a reader is, of the kind that its type asks for. */
export function DeviceOfReaderDialog({ reader, onAdded, onClose }: DeviceOfReaderDialogProps) {
  const kind = kindOfReader(reader.type);
  if (kind === "OSDP") return <DeviceDialog doorId={reader.doorId} reader={reader} onAdded={onAdded} onClose={onClose} />;
  return (
    <Dialog title={`Device of ${reader.name}`} onClose={onClose} testId="device-dialog" wide>
      {kind === "WIEGAND" ? (
        <NewWiegand
          readerId={reader.id}
          writable
          onAdded={() => {
            onAdded();
            onClose();
          }}
          onCancel={onClose}
        />
      ) : (
        <NewNetworkDevice reader={reader} writable onAdded={onAdded} onDone={onClose} onCancel={onClose} />
      )}
    </Dialog>
  );
}
