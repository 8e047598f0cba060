import { describe, expect, it } from '@jest/globals';
import { type Concerned } from '../events/subject-identifier.js';
import { type DefaultSubjects, eventKeys, lookupKeys, subjectKey } from './subject-keys.js';
import { type ComplexSubject, MEMBERS, type Subject } from './subject.js';

const complex = (members: ComplexSubject): Subject => ({ format: 'complex', members });

function matches(subject: Subject, event: Concerned, defaults: DefaultSubjects): boolean {
  const keys = eventKeys(event, defaults);
  return lookupKeys(subject, defaults).some((key) => keys.includes(key));
}

/** Each member is one of two values or not there: all complex subjects that can be told apart. */
const ALL: ComplexSubject[] = MEMBERS.reduce<ComplexSubject[]>(
  (subjects, member) =>
    subjects.flatMap((subject) => [subject, { ...subject, [member]: 'a' }, { ...subject, [member]: 'b' }]),
  [{}],
);
const NAMED = ALL.filter((subject) => Object.keys(subject).length > 0);

describe('subject keys', () => {
  it('an added subject matches unless a member that both define differs, as SSF has it', () => {
    for (const subject of NAMED) {
      for (const event of NAMED) {
        const agrees = MEMBERS.every(
          (member) =>
            subject[member] === undefined || event[member] === undefined || subject[member] === event[member],
        );
        expect([subject, event, matches(complex(subject), event, 'NONE')]).toEqual([subject, event, agrees]);
      }
    }
  });

  it('a removed subject matches only an event that has all of its members', () => {
    for (const subject of NAMED) {
      for (const event of NAMED) {
        const contains = MEMBERS.every(
          (member) => subject[member] === undefined || subject[member] === event[member],
        );
        expect([subject, event, matches(complex(subject), event, 'ALL')]).toEqual([subject, event, contains]);
      }
    }
  });

  it.each<[DefaultSubjects]>([['ALL'], ['NONE']])(
    '%s: an opaque id matches the session or the client of that id',
    (defaults) => {
      const subject: Subject = { format: 'opaque', id: 'x' };
      expect(matches(subject, { user: 'u', session: 'x', application: 'c' }, defaults)).toBe(true);
      expect(matches(subject, { application: 'x' }, defaults)).toBe(true);
      expect(matches(subject, { user: 'x', session: 's', application: 'c', token: 'x' }, defaults)).toBe(
        false,
      );
    },
  );

  it.each<[DefaultSubjects]>([['ALL'], ['NONE']])(
    '%s: a jwt_id matches the access token of that jti',
    (defaults) => {
      const subject: Subject = { format: 'jwt_id', id: 'j' };
      expect(matches(subject, { user: 'u', application: 'c', token: 'j' }, defaults)).toBe(true);
      expect(matches(subject, { user: 'u', session: 'j', application: 'j', token: 'k' }, defaults)).toBe(
        false,
      );
      expect(matches(subject, { user: 'j' }, defaults)).toBe(false);
    },
  );

  it('tells every subject from every other', () => {
    const subjects = [
      ...NAMED.map(complex),
      ...(['opaque', 'jwt_id'] as const).flatMap((format) => ['a', 'b'].map((id) => ({ format, id }))),
    ];
    expect(new Set(subjects.map(subjectKey)).size).toBe(subjects.length);
  });

  it('is a handful of keys, of one length, whatever the identifiers', () => {
    const long = 'é'.repeat(255);
    const keys = [
      ...lookupKeys(complex({ user: long, session: long, application: long }), 'NONE'),
      ...eventKeys({ user: long, session: long, application: long, token: long }, 'NONE'),
    ];
    expect(keys.length).toBeLessThanOrEqual(18);
    for (const key of keys) expect(key).toMatch(/^[\w-]{43}$/);
  });
});
