import { useRef, useState } from "react";

interface CopyTextProps {
  text: string;
  /** What it is, for the button: "Copy the key". */
  name: string;
  testId?: string;
}

/** A text to take elsewhere, with a button that copies it. Where the browser forbids that, it is selected to be copied. */
export function CopyText({ text, name, testId }: CopyTextProps) {
  const shown = useRef<HTMLParagraphElement>(null);
  const [said, setSaid] = useState("");
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid("Copied.");
    } catch {
      // Only pages that came over TLS may write to the clipboard.
      if (shown.current) getSelection()?.selectAllChildren(shown.current);
      setSaid("It is selected: copy it with Ctrl+C.");
    }
  };
  return (
    <div className="copy-text">
      <p ref={shown} className="code" data-testid={testId}>
        {text}
      </p>
      <p className="row-actions">
        <button type="button" onClick={() => void copy()}>
          Copy {name}
        </button>
        <span className="quiet" role="status">
          {said}
        </span>
      </p>
    </div>
  );
}
