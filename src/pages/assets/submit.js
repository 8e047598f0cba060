/** Sends the form that takes a person back to a client; who runs no scripts presses its button. */
document.querySelector('form[data-submit-at-once]')?.submit();
