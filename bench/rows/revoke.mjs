import { describeWrong } from '../load/answers.mjs';
import { HttpLoad } from '../load/http-load.mjs';
import { formPost } from '../load/requests.mjs';

/** A session can be revoked once: so many are begun for each second of load. */
const SESSIONS_PER_SECOND = 1_500;

/**
 * Revocation by refresh token: a family ended and its event appended, in a transaction each. A slice in which
 * the sessions run out ends early.
 *
 * @type {import('../rows.mjs').Row}
 */
export const revoke = {
  name: 'revoke',
  title: 'revoke',
  families: ({ loadSeconds }) => Math.ceil(SESSIONS_PER_SECOND * loadSeconds),
  plan: (setting) => setting.target('rotating'),
  load: (work) => {
    const request = formPost('/oauth2/revoke', work);
    let taken = 0;
    let mayTake = 0;
    let revoked = 0;
    const load = new HttpLoad(work, () => ({
      next: () => (taken < mayTake ? request(`token=${work.families[taken++].token}`) : undefined),
      judge: (answer) => {
        if (answer.status !== 200 || answer.body !== '') {
          return describeWrong('a revocation was answered wrong', answer);
        }
        revoked += 1;
        return undefined;
      },
    }));
    return {
      slice: (seconds) => {
        mayTake = Math.min(taken + Math.floor(SESSIONS_PER_SECOND * seconds), work.families.length);
        return load.slice(seconds);
      },
      tally: () => revoked,
    };
  },
  check: async ({ database }, { families }, revoked) => {
    const { rows } = await database.pool.query(
      `SELECT (SELECT count(*)::int FROM token_family WHERE id = ANY($1) AND revoked_at IS NOT NULL) AS families,
         (SELECT count(*)::int FROM revocation_event WHERE session_id = ANY($1)) AS events`,
      [families.map(({ id }) => id)],
    );
    const { families: ended, events } = rows[0];
    const isRight = ended === revoked && events === revoked;
    return isRight ? [] : [`${revoked} revocations answered, ${ended} families ended, ${events} events`];
  },
};
