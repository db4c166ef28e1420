import type { BusDeviceFragment } from "../../gql/operations";

type Latency = BusDeviceFragment["counters"]["latency"];

/** How long replies took: a bar for each span, as high as its share. `large`: with its numbers below. */
export function LatencyPlot({ latency, large = false }: { latency: Latency; large?: boolean }) {
  const all = latency.reduce((sum, { replies }) => sum + replies, 0);
  if (all === 0) return <span className="quiet">no replies yet</span>;
  const most = Math.max(...latency.map(({ replies }) => replies));
  return (
    <span className={large ? "latency latency-large" : "latency"} role="img" aria-label={latencyWords(latency)}>
      {latency.map(({ upToMs, replies }) => (
        <span key={upToMs ?? "more"} className="latency-span">
          <span className="latency-room">
            <span
              className={(upToMs ?? 201) > 100 ? "latency-bar latency-slow" : "latency-bar"}
              style={{ height: `${replies === 0 ? 0 : Math.max(6, (100 * replies) / most)}%` }}
            />
          </span>
          {large && <span className="latency-label">{upToMs === null ? "more" : upToMs}</span>}
        </span>
      ))}
    </span>
  );
}

/** The same as a sentence. */
export function latencyWords(latency: Latency): string {
  const all = latency.reduce((sum, { replies }) => sum + replies, 0);
  const parts = latency
    .filter(({ replies }) => replies > 0)
    .map(({ upToMs, replies }) => {
      const share = (100 * replies) / all;
      const span = upToMs === null ? "longer" : `up to ${upToMs} ms`;
      return `${share < 1 ? "under 1" : Math.round(share)} % ${span}`;
    });
  return `Replies took: ${parts.join(", ")}.`;
}
