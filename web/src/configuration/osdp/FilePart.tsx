import { useState } from "react";
import { useClient } from "urql";

import { send } from "../../api/send";
import { SendDeviceFileDocument } from "../../gql/operations";
import { Field } from "../../ui/Field";
import { Text } from "../../ui/Text";
import { wholeNumber } from "../doors/hardware-words";
import { Part } from "../Editor";
import { ActionForm } from "./ActionForm";
import { readBase64 } from "./bytes";
import { OrderNews } from "./OrderNews";
import { useOrder } from "./use-order";

const MOST_BYTES = 1_048_576;

interface FilePartProps {
  deviceId: string;
  name: string;
  online: boolean;
  onChanged: () => void;
}

/** Sends a file, for example firmware, and says how far it is. */
export function FilePart({ deviceId, name, online, onChanged }: FilePartProps) {
  const api = useClient();
  const { order, saving, begin, stop } = useOrder(["data", "fileType"], onChanged);
  const [file, setFile] = useState<File | null>(null);
  const [type, setType] = useState("1");
  const [problem, setProblem] = useState<string>();
  const submit = async (): Promise<void> => {
    const wrong = file === null ? "Choose a file." : file.size > MOST_BYTES ? "The file is too large: 1 MiB is the most." : undefined;
    setProblem(wrong);
    if (file === null || wrong !== undefined) return;
    await begin(async () =>
      send(api, SendDeviceFileDocument, { input: { deviceId, fileType: wholeNumber(type), data: await readBase64(file) } }),
    );
  };
  const running = order !== null && !order.ended;
  return (
    <Part title="Send a file">
      <p className="quiet">
        Firmware, for example. The maker says which number the file has. Doors go on meanwhile; the device may restart at the
        end. {online ? "" : "The device must be online for it."}
      </p>
      {running ? null : (
        <ActionForm saving={saving} action="Send the file" onSubmit={submit}>
          <div className="form-pair">
            <Field
              label="File, 1 MiB at most"
              type="file"
              problem={problem ?? saving.problems.fields.data}
              onChange={({ currentTarget }) => setFile(currentTarget.files?.[0] ?? null)}
            />
            <Text
              label="Number of the file type, 0 to 255"
              type="number"
              min={0}
              max={255}
              value={type}
              onChange={setType}
              problem={saving.problems.fields.fileType}
            />
          </div>
        </ActionForm>
      )}
      {order && (
        <OrderNews
          order={order}
          name={`File to ${name}`}
          onStop={() => void stop()}
          stop="Stop sending"
          words={{ RUNNING: "The file is on its way.", DONE: "The device has the whole file." }}
        />
      )}
    </Part>
  );
}
