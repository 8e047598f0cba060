import { Injectable } from '@nestjs/common';
import { type StoredEvent } from '../../events/outbox.repository.js';
import { type Concerned, concernedBy } from '../events/subject-identifier.js';
import { type DefaultSubjects, eventKeys } from './subject-keys.js';
import { SubjectRepository } from './subject.repository.js';

/** What a stream's subjects depend on. */
export interface SubjectRules {
  readonly id: string;
  readonly defaultSubjects: DefaultSubjects;
  /** Whether there is any exception from the default. */
  readonly hasSubjects: boolean;
}

/** Tells which events a stream's receiver wants, by whom they concern. */
@Injectable()
export class SubjectFilter {
  constructor(private readonly subjects: SubjectRepository) {}

  /** The events that the stream is to tell of, in their order. One that names nobody concerns everybody. */
  async wanted(stream: SubjectRules, events: readonly StoredEvent[]): Promise<readonly StoredEvent[]> {
    const { id, defaultSubjects, hasSubjects } = stream;
    if (!hasSubjects && defaultSubjects === 'ALL') return events;
    const keyed = events.map((event) => {
      const concerned = concernedBy(event);
      return { event, isForAll: namesNobody(concerned), keys: eventKeys(concerned, defaultSubjects) };
    });
    const kept = await this.subjects.find(id, [...new Set(keyed.flatMap(({ keys }) => keys))]);
    return keyed
      .filter(
        ({ isForAll, keys }) =>
          isForAll || keys.some((key) => kept.has(key)) === (defaultSubjects === 'NONE'),
      )
      .map(({ event }) => event);
  }
}

function namesNobody(concerned: Concerned): boolean {
  return Object.values(concerned).every((id) => id === undefined);
}
