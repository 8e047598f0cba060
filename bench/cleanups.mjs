/** What has to be undone at the end, the last first. */
export class Cleanups {
  /** @type {(() => Promise<unknown>)[]} */
  #steps = [];

  /** @param {() => Promise<unknown>} step */
  add(step) {
    this.#steps.push(step);
  }

  /** Takes every step, also after one that failed, and none twice. */
  async run() {
    for (const step of this.#steps.splice(0).reverse()) await step().catch((error) => console.error(error));
  }
}
