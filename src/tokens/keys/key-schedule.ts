import { type KeyAlgorithm } from './token-key.js';

export interface ScheduledKey {
  readonly kid: string;
  readonly algorithm: KeyAlgorithm;
  readonly activeFrom: Date;
}

/** All in seconds. */
export interface ScheduleSettings {
  /** That a key signs before the next takes over. */
  readonly lifetime: number;
  /** That the next key is published before it signs. */
  readonly publishAhead: number;
  /** That a key stays published after it signed last: the longest that a token may live. */
  readonly retention: number;
}

export interface KeyPlan {
  readonly create: readonly { readonly algorithm: KeyAlgorithm; readonly activeFrom: Date }[];
  /** `kid`s of keys whose last token has expired. */
  readonly remove: readonly string[];
}

/** What becomes of a key, by those that there are now. */
export interface KeyLife {
  /** `next`: published, and signs later; `retired`: published, and signs no more. */
  readonly state: 'next' | 'active' | 'retired';
  /** When it stops signing, or has; none while no key is there to take over. */
  readonly retireAt?: Date;
  /** When it is published no more. */
  readonly removeAt?: Date;
}

/** Seconds that the clocks of replicas may be apart. */
const CLOCK_TOLERANCE = 60;

/**
 * What the schedule asks for now. The first key of an algorithm signs at once; each later one is published
 * `publishAhead` before it signs, and the one before it is kept for `retention` more. A key that an admin
 * has added counts as the next one where it comes no later than the schedule's own would.
 */
export function planKeys(
  now: Date,
  algorithms: readonly KeyAlgorithm[],
  keys: readonly ScheduledKey[],
  settings: ScheduleSettings,
): KeyPlan {
  const create: { algorithm: KeyAlgorithm; activeFrom: Date }[] = [];
  const remove: string[] = [];
  for (const algorithm of new Set([...algorithms, ...keys.map((key) => key.algorithm)])) {
    const line = lineOf(algorithm, keys);
    const next = algorithms.includes(algorithm) ? nextActivation(now, line, settings) : undefined;
    if (next) create.push({ algorithm, activeFrom: next });
    remove.push(...outlived(now, line, settings).map(({ kid }) => kid));
  }
  return { create, remove };
}

/**
 * The key of an algorithm that signs now, if there is one. Where none has begun yet, the first to come: it
 * was begun by a replica whose clock is a little ahead of ours.
 */
export function activeKey<Key extends ScheduledKey>(
  now: Date,
  algorithm: KeyAlgorithm,
  keys: readonly Key[],
): Key | undefined {
  return signing(now, lineOf(algorithm, keys));
}

/** @param retention seconds that a key stays published after it signed last */
export function lifeOf(
  now: Date,
  key: ScheduledKey,
  keys: readonly ScheduledKey[],
  retention: number,
): KeyLife {
  const line = lineOf(key.algorithm, keys);
  const successor = line[line.findIndex(({ kid }) => kid === key.kid) + 1];
  const isActive = signing(now, line)?.kid === key.kid;
  return {
    state: isActive ? 'active' : key.activeFrom > now ? 'next' : 'retired',
    retireAt: successor?.activeFrom,
    removeAt: successor && after(successor.activeFrom, retention),
  };
}

/** Whether some replica's clock may have come to the key's time already, or will before it hears of a change. */
export function mayHaveBegun(now: Date, { activeFrom }: ScheduledKey): boolean {
  return activeFrom <= after(now, CLOCK_TOLERANCE);
}

/** When the next key takes over from one that signs now: the published one, or when the schedule has it made. */
export function activeUntil(key: ScheduledKey, keys: readonly ScheduledKey[], lifetime: number): Date {
  const later = keys.filter(
    ({ algorithm, activeFrom }) => algorithm === key.algorithm && activeFrom > key.activeFrom,
  );
  return later.sort(byActivation)[0]?.activeFrom ?? after(key.activeFrom, lifetime);
}

function nextActivation(
  now: Date,
  line: readonly ScheduledKey[],
  { lifetime, publishAhead }: ScheduleSettings,
): Date | undefined {
  const active = signing(now, line);
  if (!active || !mayHaveBegun(now, active)) return now;
  const due = after(active.activeFrom, lifetime);
  if (now < after(due, -publishAhead)) return undefined;
  // After a long stop the due date is past: the new key is still published ahead.
  const earliest = after(now, publishAhead);
  const next = due > earliest ? due : earliest;
  const isThere = line.some(({ activeFrom }) => activeFrom > active.activeFrom && activeFrom <= next);
  return isThere ? undefined : next;
}

function outlived(now: Date, line: readonly ScheduledKey[], { retention }: ScheduleSettings): ScheduledKey[] {
  return line.filter((_, index) => {
    const successor = line[index + 1];
    return successor !== undefined && now > after(successor.activeFrom, retention);
  });
}

function signing<Key extends ScheduledKey>(now: Date, line: readonly Key[]): Key | undefined {
  return line.findLast(({ activeFrom }) => activeFrom <= now) ?? line[0];
}

/** The keys of an algorithm, in the order in which they sign. */
function lineOf<Key extends ScheduledKey>(algorithm: KeyAlgorithm, keys: readonly Key[]): Key[] {
  return keys.filter((key) => key.algorithm === algorithm).sort(byActivation);
}

function byActivation(left: ScheduledKey, right: ScheduledKey): number {
  return left.activeFrom.getTime() - right.activeFrom.getTime() || (left.kid < right.kid ? -1 : 1);
}

function after(date: Date, seconds: number): Date {
  return new Date(date.getTime() + seconds * 1000);
}
