const WIDTH = 30;
/** Without a terminal, a line each time that this much more is done. */
const LINE_EVERY = 0.1;

/** Tells how far something is: a bar on a terminal, a line now and then elsewhere. */
export class Progress {
  #title;
  #total;
  #stream;
  #start = performance.now();
  #told = 0;

  /**
   * @param {string} title
   * @param {number} total what there is to do
   * @param {NodeJS.WriteStream} [stream]
   */
  constructor(title, total, stream = process.stderr) {
    this.#title = title;
    this.#total = total;
    this.#stream = stream;
  }

  /** @param {number} done of the total */
  update(done) {
    const share = done / this.#total;
    if (this.#stream.isTTY) {
      const bar = '#'.repeat(Math.round(share * WIDTH)).padEnd(WIDTH, '.');
      this.#stream.write(
        `\r${this.#title} [${bar}] ${this.#describe(done)}${share >= 1 ? '\n' : '\u001b[K'}`,
      );
    } else if (share >= 1 || share >= this.#told + LINE_EVERY) {
      this.#told = share;
      this.#stream.write(`${this.#title}: ${this.#describe(done)}\n`);
    }
  }

  /** @param {number} done */
  #describe(done) {
    const seconds = (performance.now() - this.#start) / 1_000;
    const left = (seconds / done) * (this.#total - done);
    const percent = Math.floor((done / this.#total) * 100);
    return `${percent} %, ${Math.round(done / seconds)}/s, ${seconds.toFixed(0)} s, ${left.toFixed(0)} s left`;
  }
}
