import { type FormEvent, useState } from "react";

import { fromLocalField, toLocalField } from "../app/clock";
import { focusFirstProblem } from "../ui/focus";
import { accessCheckHref, type Asked, asking, openAccessCheck, type Question } from "./place";

/** A form that asks a question by going to its address; when the address changes, the form shows what that asks. */
export function useAsking(question: Question, asked: Asked) {
  const address = accessCheckHref(asking(question, asked));
  const [typed, setTyped] = useState({ address, draft: draftOf(asked) });
  const [tried, setTried] = useState(false);
  const [times, setTimes] = useState(0);
  const draft = typed.address === address ? typed.draft : draftOf(asked);

  const problems = {
    cardholder: tried && question === "would" && draft.cardholderId === null ? "Choose a cardholder." : undefined,
    door: tried && draft.doorId === null ? "Choose a door." : undefined,
    at: tried && draft.at === "" ? "Give the date and the time, or ask about now." : undefined,
  };
  const complete = draft.doorId !== null && draft.at !== "" && (question !== "would" || draft.cardholderId !== null);

  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    setTried(true);
    if (!complete) return focusFirstProblem(event.currentTarget);
    const wanted = asking(question, { ...draft, at: draft.at === null ? null : fromLocalField(draft.at) });
    if (accessCheckHref(wanted) === address) setTimes((was) => was + 1);
    else openAccessCheck(wanted);
  };

  const change = (part: Partial<Asked>): void => setTyped({ address, draft: { ...draft, ...part } });
  /** Another one each time that something is asked, though it be the same again. */
  const turn = `${times} ${address}`;
  return { draft, change, problems, submit, turn };
}

function draftOf(asked: Asked): Asked {
  return { ...asked, at: asked.at === null ? null : toLocalField(asked.at) };
}
