/**
 * Puts the focus on the first field of the form that has a problem, once the page shows it. When none has, what the
 * form says as a whole is brought into view.
 */
export function focusFirstProblem(form: HTMLElement | null): void {
  requestAnimationFrame(() => {
    const field = form?.querySelector<HTMLElement>("[aria-invalid='true']");
    if (field) field.focus();
    else form?.querySelector(".form-end, .editor-end")?.scrollIntoView({ block: "end" });
  });
}
