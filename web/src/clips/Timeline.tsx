interface TimelineProps {
  length_s: number;
  buffered_s: number;
  position_s: number;
  event_s: number;
  disabled: boolean;
  /** A position as the person should hear it. */
  words: (position_s: number) => string;
  onSeek: (position_s: number) => void;
}

/** The clip as a line: how much has arrived, where the event happened, where the picture stands. */
export function Timeline({ length_s, buffered_s, position_s, event_s, disabled, words, onSeek }: TimelineProps) {
  const share = (seconds: number): string => `${Math.min(100, Math.max(0, (100 * seconds) / (length_s || 1)))}%`;
  const eventShown = !disabled && event_s >= 0 && event_s <= length_s;
  return (
    <div className="timeline">
      <div className="timeline-track" aria-hidden="true">
        <div className="timeline-buffered" style={{ width: share(buffered_s) }} />
        <div className="timeline-played" style={{ width: share(position_s) }} />
        {eventShown && <div className="timeline-event" style={{ left: share(event_s) }} data-testid="clip-event-mark" />}
      </div>
      <input
        type="range"
        min={0}
        max={length_s || 1}
        step={0.1}
        value={Math.min(position_s, length_s || 1)}
        disabled={disabled}
        aria-label="Position in the recording"
        aria-valuetext={words(position_s)}
        onChange={(change) => onSeek(change.currentTarget.valueAsNumber)}
      />
    </div>
  );
}
