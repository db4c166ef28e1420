import { CardholderList } from "../cardholders/CardholderList";
import { CardholderScreen } from "../cardholders/CardholderScreen";
import { NewCardholder } from "../cardholders/NewCardholder";
import { CustomFields } from "../custom-fields/CustomFields";
import { GroupList } from "../groups/GroupList";
import { GroupScreen } from "../groups/GroupScreen";
import type { JobStates } from "../jobs/job-states";
import { Jobs } from "../jobs/Jobs";
import { may, type Viewer } from "../session/permission";
import { PEOPLE_SECTIONS, peopleHref, type PeopleRoute, type PeopleSection, sectionOf } from "./place";
import "./people.css";

/** Everything about cardholders: themselves, their groups, and the fields that the site has added. */
export function People({ route, viewer, jobs }: { route: PeopleRoute; viewer: Viewer; jobs: JobStates }) {
  if (!may(viewer, "cardholder.view")) return <p className="quiet pad">You may not see cardholders.</p>;
  const present = sectionOf(route);
  const imports = seesImports(viewer);
  const shown = Object.entries(PEOPLE_SECTIONS).filter(([section]) => section !== "imports" || imports);
  return (
    <>
      <nav className="people-sections" aria-label="People">
        {shown.map(([section, words]) => (
          <a
            key={section}
            className="tab"
            href={peopleHref({ screen: section as PeopleSection })}
            aria-current={section === present ? "page" : undefined}
          >
            {words}
          </a>
        ))}
      </nav>
      <Screen route={route} viewer={viewer} jobs={jobs} />
    </>
  );
}

function Screen({ route, viewer, jobs }: { route: PeopleRoute; viewer: Viewer; jobs: JobStates }) {
  switch (route.screen) {
    case "cardholders":
      return <CardholderList viewer={viewer} />;
    case "new-cardholder":
      return <NewCardholder viewer={viewer} />;
    case "cardholder":
      return <CardholderScreen key={route.id} id={route.id} viewer={viewer} />;
    case "groups":
      return <GroupList viewer={viewer} />;
    case "group":
      return <GroupScreen key={route.id} id={route.id} viewer={viewer} />;
    case "custom-fields":
      return <CustomFields viewer={viewer} />;
    case "imports":
      return seesImports(viewer) ? (
        <Jobs viewer={viewer} states={jobs} />
      ) : (
        <p className="quiet pad">You may not see imports.</p>
      );
  }
}

function seesImports(viewer: Viewer): boolean {
  return may(viewer, "cardholder.write") || may(viewer, "job.view");
}
