import { clockTimeTenths } from "../app/clock";
import { hrefOf } from "../app/route";
import { Icon } from "../ui/Icon";
import type { FeedEvent } from "./feed";
import { useCorrelated } from "./use-event";
import { outcomeOf, spoken } from "./words";

/** What the same badge or command set off, in order; nothing when the event stands alone. */
export function Correlated({ event, rows }: { event: FeedEvent; rows: readonly FeedEvent[] }) {
  const together = useCorrelated(event, rows);
  if (together.length < 2) return null;
  return (
    <section className="detail-part" aria-label="What belongs to it">
      <h3>What belongs to it</h3>
      <ol className="correlated" data-testid="correlated">
        {together.map((each) => (
          <li key={each.id} data-event-type={each.type}>
            <time dateTime={each.at}>{clockTimeTenths(Date.parse(each.at))}</time>
            <span className={`correlated-icon tone-${outcomeOf(each).tone}`}>
              <Icon name={outcomeOf(each).tone} />
            </span>
            {each.id === event.id ? (
              <span aria-current="true">{each.title}</span>
            ) : (
              <a href={hrefOf({ screen: "desk", eventId: each.id })} aria-label={spoken(each)}>
                {each.title}
              </a>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}
