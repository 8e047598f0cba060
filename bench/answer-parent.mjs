/**
 * Answers the questions of the process that started this one, see `ChildProgram`, until it lets go.
 *
 * @param {Record<string, (details: any) => unknown>} answers by question
 */
export function answerParent(answers) {
  process.on('message', async (/** @type {{ question: string, details: unknown }} */ message) => {
    try {
      send({ answer: await answers[message.question](message.details) });
    } catch (error) {
      send({ error: error instanceof Error ? error.stack : String(error) });
    }
  });
  process.on('disconnect', () => process.exit());
  // A Ctrl-C reaches the whole group: who started us decides when we end.
  process.on('SIGINT', () => undefined);
}

/** @param {object} message */
function send(message) {
  process.send?.(message);
}
