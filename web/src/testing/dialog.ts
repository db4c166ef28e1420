/** jsdom has no modal dialogs: here they open and close, and nothing more. */
export function noDialogs(): void {
  Object.assign(HTMLDialogElement.prototype, { showModal, close });
}

function showModal(this: HTMLDialogElement): void {
  this.open = true;
}

function close(this: HTMLDialogElement): void {
  this.open = false;
}
