import { CopyText } from "../ui/CopyText";
import { Dialog } from "../ui/Dialog";

/** A secret, shown this once. */
export function Secret({ secret, onClose }: { secret: string; onClose: () => void }) {
  return (
    <Dialog title="The webhook’s secret" onClose={onClose} testId="secret-dialog">
      <div className="form" role="status">
        <p>Give it to the program that receives the messages. It is not shown again.</p>
        <CopyText text={secret} name="the secret" testId="webhook-secret" />
        <p className="quiet">
          With it the program knows that a message is from here, as Standard Webhooks has it. Enable the webhook once the
          program is ready.
        </p>
        <div className="form-end">
          <button type="button" className="primary" onClick={onClose}>
            I have it
          </button>
        </div>
      </div>
    </Dialog>
  );
}
