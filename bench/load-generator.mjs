/** A program: puts the load of one row on a server, slice by slice, see `ChildProgram`. */
import { answerParent } from './answer-parent.mjs';
import { rowNamed } from './rows.mjs';

/** @type {import('./rows.mjs').Load} */
let load;

answerParent({
  prepare: ({ name, work }) => {
    load = rowNamed(name).load(work);
  },
  slice: (seconds) => load.slice(seconds),
  tally: () => load.tally?.() ?? [],
});
