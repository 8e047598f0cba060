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

/**
 * What the schedule asks for now. The first key of an algorithm signs at once; each later one is published
 * `publishAhead` before it signs, and the one before it is kept for `retention` more.
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
    const line = keys.filter((key) => key.algorithm === algorithm).sort(byActivation);
    const next = algorithms.includes(algorithm) ? nextActivation(now, line.at(-1), settings) : undefined;
    if (next) create.push({ algorithm, activeFrom: next });
    remove.push(...outlived(now, line, settings).map(({ kid }) => kid));
  }
  return { create, remove };
}

/** The key of an algorithm that signs now, if there is one. */
export function activeKey<Key extends ScheduledKey>(
  now: Date,
  algorithm: KeyAlgorithm,
  keys: readonly Key[],
): Key | undefined {
  return keys
    .filter((key) => key.algorithm === algorithm && key.activeFrom <= now)
    .sort(byActivation)
    .at(-1);
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
  newest: ScheduledKey | undefined,
  settings: ScheduleSettings,
): Date | undefined {
  if (!newest) return now;
  const due = after(newest.activeFrom, settings.lifetime);
  if (now < after(due, -settings.publishAhead)) return undefined;
  // After a long stop the due date is past: the new key is still published ahead.
  const earliest = after(now, settings.publishAhead);
  return due > earliest ? due : earliest;
}

function outlived(now: Date, line: readonly ScheduledKey[], { retention }: ScheduleSettings): ScheduledKey[] {
  return line.filter((_, index) => {
    const successor = line[index + 1];
    return successor !== undefined && now > after(successor.activeFrom, retention);
  });
}

function byActivation(left: ScheduledKey, right: ScheduledKey): number {
  return left.activeFrom.getTime() - right.activeFrom.getTime();
}

function after(date: Date, seconds: number): Date {
  return new Date(date.getTime() + seconds * 1000);
}
