import { useState } from "react";
import { useClient } from "urql";

import { send } from "../../api/send";
import { CaptureBusDocument, DownloadBusCaptureDocument } from "../../gql/operations";
import { FormProblems } from "../../ui/Field";
import { Text } from "../../ui/Text";
import { wholeNumber } from "../doors/hardware-words";
import { Part } from "../Editor";
import { useSaving } from "../saving";
import { ActionForm } from "./ActionForm";
import { saveBase64 } from "./bytes";
import { OrderNews } from "./OrderNews";
import { useOrder } from "./use-order";

/** Captures what passes on the line of a device, for Wireshark. */
export function CapturePart({ deviceId, port }: { deviceId: string; port: string }) {
  const api = useClient();
  const { order, saving, begin, stop } = useOrder(["seconds"], () => undefined);
  const downloading = useSaving([]);
  const [seconds, setSeconds] = useState("60");
  const running = order !== null && !order.ended;
  const start = (): Promise<void> =>
    begin(() => send(api, CaptureBusDocument, { input: { deviceId, seconds: wholeNumber(seconds) } }));
  const download = (id: string): Promise<boolean> =>
    downloading.run(async () => {
      const { payload, problems } = await send(api, DownloadBusCaptureDocument, { id });
      if (payload?.pcap) saveBase64(payload.pcap, `osdp-${port.replaceAll(/[^a-z0-9]+/gi, "-").replace(/^-/, "")}.pcap`);
      return problems;
    });
  return (
    <Part title="Capture the line">
      <p className="quiet">
        Everything that passes on {port}, as a pcap file. What goes over secure channels is in it encrypted, and keys are left
        out. Who took it is written down.
      </p>
      {running ? null : (
        <ActionForm saving={saving} action="Start the capture" onSubmit={start}>
          <Text
            label="Seconds, 1 to 600"
            type="number"
            min={1}
            max={600}
            value={seconds}
            onChange={setSeconds}
            problem={saving.problems.fields.seconds}
          />
        </ActionForm>
      )}
      {order && (
        <OrderNews
          order={order}
          name={`Capture of ${port}`}
          onStop={() => void stop()}
          stop="End the capture"
          words={{ RUNNING: "What passes is written down.", WAITING: "The capture begins.", DONE: "The capture is ready." }}
        >
          <button type="button" className="primary" disabled={downloading.pending} onClick={() => void download(order.id)}>
            Download the capture
          </button>
        </OrderNews>
      )}
      <FormProblems sentences={downloading.problems.form} />
    </Part>
  );
}
