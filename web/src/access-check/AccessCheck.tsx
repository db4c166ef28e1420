import { may, type Viewer } from "../session/permission";
import { accessCheckHref, type AccessCheckRoute, asking, mayAsk, type Question, QUESTIONS } from "./place";
import { WhatWouldChange } from "./WhatWouldChange";
import { WhoCanPass } from "./WhoCanPass";
import { Why } from "./Why";
import { WouldPass } from "./WouldPass";
import "../events/events.css";
import "../people/people.css";
import "../configuration/configuration.css";
import "./access-check.css";

/** The questions about access, which the code that decides at the doors answers. Asking changes nothing. */
export function AccessCheck({ route, viewer }: { route: AccessCheckRoute; viewer: Viewer }) {
  const title = route.question === "why" ? "Why was this decided?" : `${QUESTIONS[route.question]}?`;
  return (
    <>
      {mayAsk(viewer) && (
        <nav className="people-sections" aria-label="Questions">
          {Object.entries(QUESTIONS).map(([question, words]) => (
            <a
              key={question}
              className="tab"
              href={accessCheckHref(asking(question as Question))}
              aria-current={question === route.question ? "page" : undefined}
            >
              {words}
            </a>
          ))}
        </nav>
      )}
      <section className="screen" aria-labelledby="question-title">
        <h1 id="question-title">{title}</h1>
        <Asking route={route} viewer={viewer} />
      </section>
    </>
  );
}

function Asking({ route, viewer }: { route: AccessCheckRoute; viewer: Viewer }) {
  if (route.question === "why") {
    if (!may(viewer, "event.view")) return <p className="quiet">You may not see events.</p>;
    return <Why key={route.eventId} eventId={route.eventId} />;
  }
  if (!mayAsk(viewer)) return <p className="quiet">You may not see who can pass.</p>;
  switch (route.question) {
    case "who":
      return <WhoCanPass asked={route.asked} />;
    case "would":
      return <WouldPass asked={route.asked} viewer={viewer} />;
    case "changes":
      return <WhatWouldChange viewer={viewer} />;
  }
}
