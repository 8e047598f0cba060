import { Injectable, Logger } from '@nestjs/common';
import { validate as isUuid } from 'uuid';
import { EventTail } from '../../events/event-tail.js';
import { SUPPORTED_EVENTS } from '../events/event-types.js';
import { jtiOf } from '../events/security-event.js';
import { NoticeRepository } from '../streams/notice.repository.js';
import { BacklogRepository, type EventReference, type Rejection } from './backlog.repository.js';
import { WINDOW } from './stream-backlog.js';

/** Takes down what receivers are done with: it does not come again. */
@Injectable()
export class Settlement {
  private readonly logger = new Logger(Settlement.name);

  constructor(
    private readonly repository: BacklogRepository,
    private readonly notices: NoticeRepository,
    private readonly tail: EventTail,
  ) {}

  /**
   * What a receiver tells by ids alone (RFC 8936 §2.2): `jtis` were taken, `rejections` can't be. Ids of
   * nothing that could have been sent are ignored.
   */
  async settleById(
    streamId: string,
    jtis: readonly string[],
    rejections: readonly Rejection[],
  ): Promise<void> {
    const ids = new Set([...jtis, ...rejections.map(({ jti }) => jti)]);
    if (ids.size === 0) return;
    const known = await this.resolve(streamId, ids);
    const knownIds = new Set(known.map(({ jti }) => jti));
    await this.settle(
      streamId,
      known,
      rejections.filter(({ jti }) => knownIds.has(jti)),
    );
  }

  /** @param rejections of those that are done with because the receiver can't take them */
  async settle(
    streamId: string,
    done: readonly EventReference[],
    rejections: readonly Rejection[] = [],
  ): Promise<void> {
    if (rejections.length > 0) await this.reject(streamId, rejections);
    const ofOutbox = done.filter((event): event is Required<EventReference> => event.cursor !== undefined);
    const notices = done.filter(({ cursor }) => cursor === undefined).map(({ jti }) => jti);
    if (ofOutbox.length > 0) await this.repository.acknowledge(streamId, ofOutbox);
    if (notices.length > 0) await this.notices.delete(streamId, notices);
  }

  /** An event was not taken and will come again: whoever looks is told why. */
  failed(streamId: string, problem: string): Promise<void> {
    return this.repository.noteFailure(streamId, problem);
  }

  /** Events are taken again. */
  recovered(streamId: string): Promise<void> {
    return this.repository.noteSuccess(streamId);
  }

  private async resolve(streamId: string, jtis: ReadonlySet<string>): Promise<EventReference[]> {
    const progress = await this.repository.findProgress(streamId);
    if (!progress) return [];
    const window = (await this.tail.readAfter(progress.cursor)).slice(0, WINDOW);
    const ofOutbox = window.flatMap((event) =>
      SUPPORTED_EVENTS.map((type) => ({ jti: jtiOf(event, type), cursor: event.cursor })),
    );
    const notices = await this.notices.findIds(streamId, [...jtis].filter(isUuid));
    return [...ofOutbox.filter(({ jti }) => jtis.has(jti)), ...notices.map((jti) => ({ jti }))];
  }

  private async reject(streamId: string, rejections: readonly Rejection[]): Promise<void> {
    await this.repository.reject(streamId, rejections);
    for (const { jti, error } of rejections)
      this.logger.warn({ streamId, jti, receiverError: error }, 'a receiver cannot take an event');
  }
}
