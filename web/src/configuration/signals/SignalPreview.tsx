import { useState } from "react";

import type { SignalColour } from "../../gql/operations";
import { signalWords } from "./signals-draft";

const LONG_MS = 2_000;
const FLASH_MS = 200;
const TONE_MS = 200;
const PAUSE_MS = 100;

interface SignalPreviewProps {
  name: string;
  colour: SignalColour;
  blinks: boolean;
  tones: number;
  text: string;
}

/**
 * What a reader shows: a light that can be played, and its rhythm drawn, light above sound, over as long as it lasts.
 * Who wants no motion sees the light still; the drawing says the same.
 */
export function SignalPreview({ name, ...signal }: SignalPreviewProps) {
  const [played, setPlayed] = useState(0);
  const { colour, blinks, tones, text } = signal;
  const lights = colour === "NONE" ? [] : spans(blinks ? LONG_MS / (2 * FLASH_MS) : 1, blinks ? FLASH_MS : LONG_MS, FLASH_MS);
  const sounds = spans(Math.min(10, Math.max(0, tones)), TONE_MS, PAUSE_MS);
  const length = Math.max(LONG_MS, ...sounds.map(({ to }) => to));
  return (
    <div className="signal-preview">
      <span
        key={played}
        className={`led led-${colour.toLowerCase()} ${played > 0 ? "led-plays" : ""} ${blinks ? "led-blinks" : ""}`}
        aria-hidden="true"
      />
      <span className="signal-text" aria-hidden="true">
        {text}
      </span>
      <svg viewBox={`0 0 ${length} 400`} preserveAspectRatio="none" role="img" aria-label={`${name}: ${signalWords(signal)}`}>
        {lights.map(({ from, to }) => (
          <rect key={from} className={`rhythm led-${colour.toLowerCase()}`} x={from} y={20} width={to - from} height={160} />
        ))}
        {sounds.map(({ from, to }) => (
          <rect key={from} className="rhythm rhythm-sound" x={from} y={220} width={to - from} height={160} />
        ))}
        <line x1={0} y1={200} x2={length} y2={200} className="rhythm-line" />
      </svg>
      <button type="button" disabled={colour === "NONE"} aria-label={`Play the light of ${name}`} onClick={() => setPlayed((was) => was + 1)}>
        Play
      </button>
    </div>
  );
}

function spans(count: number, on: number, off: number): { from: number; to: number }[] {
  return Array.from({ length: count }, (_, at) => ({ from: at * (on + off), to: at * (on + off) + on }));
}
