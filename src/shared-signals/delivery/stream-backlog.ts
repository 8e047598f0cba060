import { Inject, Injectable, Logger } from '@nestjs/common';
import { httpConfig, type HttpSettings } from '../../config/http.config.js';
import { type EventCursor } from '../../events/event-cursor.js';
import { EventTail } from '../../events/event-tail.js';
import { type StoredEvent } from '../../events/outbox.repository.js';
import { noticeEvent, type SecurityEvent, securityEventsOf } from '../events/security-event.js';
import { NoticeRepository } from '../streams/notice.repository.js';
import { eventsDelivered, type Stream } from '../streams/stream.js';
import { SubjectFilter } from '../subjects/subject-filter.js';
import { BacklogRepository, type StreamProgress } from './backlog.repository.js';

/**
 * Events of the outbox that are looked at together. While a receiver leaves one alone it gets no more than
 * these beyond it, so that what is acknowledged out of order stays little.
 */
export const WINDOW = 250;
/** Windows without anything for the stream that are passed over in one go. */
const MAX_WINDOWS = 40;

export const MISSED_EVENTS = 'events were deleted for their age before they were taken: take a snapshot';

/** A security event that is due. */
export interface DueEvent extends SecurityEvent {
  /** Where its event is in the outbox; none for what a stream says of itself. */
  readonly cursor?: EventCursor;
}

/** What a stream has to deliver. */
export interface Backlog {
  readonly stream: Stream;
  /** In the order of delivery. */
  readonly events: readonly DueEvent[];
  readonly hasMore: boolean;
}

type Due = Pick<Backlog, 'events' | 'hasMore'>;

/**
 * What each stream still has to deliver: read from the outbox behind the stream's cursor, never copied.
 *
 * The cursor moves over what is done with or not wanted, and only by compare-and-set, so that however many
 * replicas read and acknowledge at once, nothing is skipped.
 */
@Injectable()
export class StreamBacklog {
  private readonly logger = new Logger(StreamBacklog.name);

  constructor(
    private readonly repository: BacklogRepository,
    private readonly notices: NoticeRepository,
    private readonly filter: SubjectFilter,
    private readonly tail: EventTail,
    @Inject(httpConfig.KEY) private readonly http: HttpSettings,
  ) {}

  /** Up to `limit` of what is due; `undefined` when there is no such stream. */
  async read(streamId: string, limit: number): Promise<Backlog | undefined> {
    const stream = await this.progress(streamId);
    if (!stream) return undefined;
    const isEnabled = stream.status === 'enabled';
    const notices = await this.notices.find(streamId, isEnabled, limit + 1);
    const said = notices.map((notice) => noticeEvent(notice, streamId));
    const due = isEnabled ? await this.due(stream, limit) : { events: [], hasMore: false };
    const events = [...said, ...due.events];
    return { stream, events: events.slice(0, limit), hasMore: due.hasMore || events.length > limit };
  }

  /** Gives up every stream that has fallen so far behind that its events are gone. @returns their ids */
  async giveUpBehind(): Promise<readonly string[]> {
    const ids = await this.repository.disableBehind(MISSED_EVENTS);
    for (const streamId of ids) this.logger.warn({ streamId }, 'a stream has missed events and is disabled');
    return ids;
  }

  private async progress(streamId: string): Promise<StreamProgress | undefined> {
    const stream = await this.repository.findProgress(streamId);
    if (!stream?.isBehind) return stream;
    await this.giveUpBehind();
    return this.repository.findProgress(streamId);
  }

  private async due(stream: StreamProgress, limit: number): Promise<Due> {
    let { cursor } = stream;
    for (let windows = 0; windows < MAX_WINDOWS; windows += 1) {
      const window = await this.window(cursor);
      const last = window.at(-1)?.cursor;
      if (!last) return { events: [], hasMore: false };
      const due = await this.outstanding(stream, window);
      const done = endOfDone(window, due[0]?.cursor);
      // Somebody else has moved it, or changed the stream: what is due is to be looked at again.
      if (done && !(await this.repository.advance(stream, cursor, done))) break;
      if (due.length > 0) {
        const hasMore = due.length > limit || window.length === WINDOW;
        return { events: due.slice(0, limit), hasMore };
      }
      cursor = last;
    }
    return { events: [], hasMore: true };
  }

  private async outstanding(stream: StreamProgress, window: readonly StoredEvent[]): Promise<DueEvent[]> {
    const types = new Set(eventsDelivered(stream));
    const acknowledged = new Set(stream.acknowledged);
    const wanted = await this.filter.wanted(stream, window);
    return wanted.flatMap((event) =>
      securityEventsOf(event, this.http.issuerUrl)
        .filter(({ type, jti }) => types.has(type) && !acknowledged.has(jti))
        .map((due) => ({ ...due, cursor: event.cursor })),
    );
  }

  private async window(cursor: EventCursor): Promise<readonly StoredEvent[]> {
    return (await this.tail.readAfter(cursor)).slice(0, WINDOW);
  }
}

/** The last of the leading events with which nothing more is to be done; `undefined` when the first is due. */
function endOfDone(
  window: readonly StoredEvent[],
  firstDue: EventCursor | undefined,
): EventCursor | undefined {
  return window.filter(({ cursor }) => !firstDue || firstDue.isAfter(cursor)).at(-1)?.cursor;
}
