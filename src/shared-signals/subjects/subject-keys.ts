import { createHash } from 'node:crypto';
import { type Concerned } from '../events/subject-identifier.js';
import { type ComplexSubject, type Member, MEMBERS, type Subject } from './subject.js';

/** `ALL` streams keep the subjects that were removed, `NONE` streams those that were added. */
export type DefaultSubjects = 'ALL' | 'NONE';

type Shape = readonly Member[];

/** Every way to define some of the members. */
const SHAPES: readonly Shape[] = MEMBERS.reduce<Shape[]>(
  (shapes, member) => [...shapes, ...shapes.map((shape) => [...shape, member])],
  [[]],
);

/** What a subject is known by: two are the same when this is. */
export function subjectKey(subject: Subject): string {
  return subject.format === 'complex'
    ? complexKey(shapeOf(subject.members), subject.members)
    : digest([subject.format, subject.id]);
}

/**
 * The keys that a kept subject is found by, whatever part of it an event names; see {@link eventKeys}.
 * A removed one is found by all of it only.
 */
export function lookupKeys(subject: Subject, defaults: DefaultSubjects): readonly string[] {
  if (subject.format !== 'complex' || defaults === 'ALL') return [subjectKey(subject)];
  const shape = shapeOf(subject.members);
  return SHAPES.filter((part) => part.every((member) => shape.includes(member))).map((part) =>
    complexKey(shape, pick(subject.members, part)),
  );
}

/**
 * The keys of all subjects that match an event: a handful, whatever number the stream keeps.
 *
 * An added subject matches unless a member that both define differs (SSF §8.1.3.1): the event of a whole
 * user is told to who follows one of the user's sessions. A removed one matches only where the event has all of its
 * members: removing one session hides nothing of the user's others.
 */
export function eventKeys(concerned: Concerned, defaults: DefaultSubjects): readonly string[] {
  const { session, application, token } = concerned;
  const complex = SHAPES.filter(
    (shape) => shape.length > 0 && (defaults === 'NONE' || defines(concerned, shape)),
  ).map((shape) => complexKey(shape, pick(concerned, shape)));
  const opaque = [session, application].filter((id) => id !== undefined).map((id) => digest(['opaque', id]));
  return token === undefined ? [...complex, ...opaque] : [...complex, ...opaque, digest(['jwt_id', token])];
}

/** @param known what is known of the members of the shape */
function complexKey(shape: Shape, known: ComplexSubject): string {
  return digest(['complex', shape, shape.map((member) => known[member] ?? null)]);
}

function shapeOf(subject: ComplexSubject): Shape {
  return MEMBERS.filter((member) => subject[member] !== undefined);
}

function defines(subject: ComplexSubject, shape: Shape): boolean {
  return shape.every((member) => subject[member] !== undefined);
}

function pick(subject: ComplexSubject, shape: Shape): ComplexSubject {
  return Object.fromEntries(shape.map((member) => [member, subject[member]]));
}

/** Of one length, whatever identifiers a receiver makes up. */
function digest(parts: unknown): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}
