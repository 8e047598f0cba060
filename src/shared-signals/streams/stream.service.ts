import { Inject, Injectable } from '@nestjs/common';
import { validate as isUuid } from 'uuid';
import { OAuthError } from '../../common/oauth-error.js';
import { RandomSource } from '../../common/random-source.js';
import { addressesIn } from '../../config/address-ranges.js';
import { sharedSignalsConfig, type SharedSignalsSettings } from '../../config/shared-signals.config.js';
import { Database } from '../../database/database.js';
import { OutboxRepository } from '../../events/outbox.repository.js';
import { StreamSignals } from '../stream-signals.js';
import { PushAuthorizations } from './push-authorizations.js';
import { checkPushUrl, type PushPolicy } from './push-target.js';
import { PUSH, type ReceiverSettings, type Stream } from './stream.js';
import { type RequestedDelivery, type StreamRequest } from './stream-request.js';
import { StreamRepository } from './stream.repository.js';

/** What to make of a stream, whose row is locked. */
type Change = (current: Stream) => StreamRequest;

/**
 * Makes, changes and deletes event streams for the clients that receive them (SSF §8.1.1). To everybody
 * else a stream is not there: 404.
 */
@Injectable()
export class StreamService {
  private readonly pushPolicy: PushPolicy;

  constructor(
    private readonly database: Database,
    private readonly repository: StreamRepository,
    private readonly outbox: OutboxRepository,
    private readonly authorizations: PushAuthorizations,
    private readonly signals: StreamSignals,
    private readonly random: RandomSource,
    @Inject(sharedSignalsConfig.KEY) private readonly settings: SharedSignalsSettings,
  ) {
    const { allowsPlainHttp, pushAllowedAddresses } = settings;
    this.pushPolicy = { allowsPlainHttp, allowed: addressesIn(pushAllowedAddresses) };
  }

  /** A stream whose events begin now. @throws OAuthError 409 for more streams than a client may have */
  async create(clientId: string, request: StreamRequest): Promise<Stream> {
    const id = this.random.uuid();
    const { defaultSubjects, maxStreams } = this.settings;
    const settings = this.settingsFrom(id, request);
    const stream: Stream = {
      id,
      clientId,
      ...settings,
      defaultSubjects,
      status: 'enabled',
      statusReason: null,
    };
    await this.database.transaction(async (transaction) => {
      const count = await this.repository.countByClient(transaction, clientId);
      if (count === undefined) throw OAuthError.invalidToken('the client is gone');
      if (count >= maxStreams) throw OAuthError.conflict(`a client may have ${maxStreams} streams`);
      await this.repository.insert(transaction, stream, await this.outbox.end(transaction));
    });
    return stream;
  }

  /** @throws OAuthError 404 */
  async find(clientId: string, id: string): Promise<Stream> {
    const stream = isUuid(id) ? await this.repository.findById(id, clientId) : undefined;
    return stream ?? noSuchStream();
  }

  list(clientId: string): Promise<Stream[]> {
    return this.repository.findByClient(clientId);
  }

  /** Changes what is asked for and leaves the rest. @throws OAuthError 400, 404 */
  update(clientId: string, id: string, change: Change): Promise<Stream> {
    return this.change(clientId, id, (stream) => {
      const { description, eventsRequested, delivery } = change(stream);
      return {
        description: description ?? stream.description,
        eventsRequested: eventsRequested ?? stream.eventsRequested,
        ...(delivery ? this.deliveryFrom(stream.id, delivery) : deliveryOf(stream)),
      };
    });
  }

  /** Changes what is asked for and clears the rest. @throws OAuthError 400, 404 */
  replace(clientId: string, id: string, change: Change): Promise<Stream> {
    return this.change(clientId, id, (stream) => this.settingsFrom(stream.id, change(stream)));
  }

  /** @throws OAuthError 404 */
  async delete(clientId: string, id: string): Promise<void> {
    if (!isUuid(id) || !(await this.repository.delete(this.database, id, clientId))) noSuchStream();
    await this.signals.announce(id);
  }

  private async change(
    clientId: string,
    id: string,
    settingsOf: (stream: Stream) => ReceiverSettings,
  ): Promise<Stream> {
    if (!isUuid(id)) noSuchStream();
    const changed = await this.database.transaction(async (transaction) => {
      const stream = await this.repository.lockById(transaction, id, clientId);
      if (!stream) return noSuchStream();
      const settings = settingsOf(stream);
      await this.repository.update(transaction, id, settings);
      return { ...stream, ...settings };
    });
    await this.signals.announce(id);
    return changed;
  }

  private settingsFrom(
    id: string,
    { description, eventsRequested, delivery }: StreamRequest,
  ): ReceiverSettings {
    return {
      description: description ?? null,
      eventsRequested: eventsRequested ?? null,
      ...this.deliveryFrom(id, delivery),
    };
  }

  /** Nothing said is poll (SSF §8.1.1.1). A header is never kept for another endpoint than it came with. */
  private deliveryFrom(id: string, delivery: RequestedDelivery | undefined) {
    const push = delivery?.method === PUSH ? delivery : undefined;
    return {
      pushUrl: push ? checkPushUrl(push.url, this.pushPolicy) : null,
      ...this.authorizations.seal(id, push?.authorization),
    };
  }
}

function deliveryOf({ pushUrl, pushAuthorization, pushAuthorizationVersion }: Stream) {
  return { pushUrl, pushAuthorization, pushAuthorizationVersion };
}

function noSuchStream(): never {
  throw OAuthError.notFound('there is no such stream');
}
