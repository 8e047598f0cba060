import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { sharedSignalsConfig, type SharedSignalsSettings } from '../../config/shared-signals.config.js';
import { SetSigner } from '../events/set-signer.js';
import { type StreamListener, StreamSignals } from '../stream-signals.js';
import { type PollRequest } from './poll-request.js';
import { type Backlog, StreamBacklog } from './stream-backlog.js';

/** The answer to a poll (RFC 8936 §2.3). */
export interface PollAnswer {
  /** By `jti`. */
  readonly sets: Readonly<Record<string, string>>;
  readonly moreAvailable: boolean;
}

const NOTHING: PollAnswer = { sets: {}, moreAvailable: false };

/** Polls that wait until there is something; they are let go before the process stops. */
@Injectable()
export class LongPolls implements OnModuleDestroy {
  private readonly closing = new AbortController();

  constructor(
    private readonly backlog: StreamBacklog,
    private readonly signals: StreamSignals,
    private readonly signer: SetSigner,
    @Inject(sharedSignalsConfig.KEY) private readonly settings: SharedSignalsSettings,
  ) {}

  onModuleDestroy(): void {
    this.closing.abort();
  }

  /**
   * What is due, at once or as soon as there is something.
   *
   * @param gone when the receiver no longer waits
   */
  async poll(streamId: string, request: PollRequest, gone: AbortSignal): Promise<PollAnswer> {
    const listener = this.signals.listen(streamId);
    try {
      const backlog = await this.due(streamId, request, listener, gone);
      return backlog ? await this.answer(backlog) : NOTHING;
    } finally {
      listener.close();
    }
  }

  private async due(
    streamId: string,
    { maxEvents, returnImmediately }: PollRequest,
    listener: StreamListener,
    gone: AbortSignal,
  ): Promise<Backlog | undefined> {
    const isLong = !returnImmediately && maxEvents > 0;
    const deadline = performance.now() + (isLong ? this.settings.pollTimeout * 1000 : 0);
    const ended = AbortSignal.any([gone, this.closing.signal]);
    for (;;) {
      const backlog = await this.backlog.read(streamId, maxEvents);
      const left = deadline - performance.now();
      const isOver = left <= 0 || ended.aborted;
      if (!backlog || backlog.events.length > 0 || backlog.hasMore || isOver) return backlog;
      await listener.wait(left, ended);
    }
  }

  private async answer({ stream, events, hasMore }: Backlog): Promise<PollAnswer> {
    const sets = events.map(async (event) => [event.jti, await this.signer.sign(event, stream.clientId)]);
    return {
      sets: Object.fromEntries(await Promise.all(sets)) as PollAnswer['sets'],
      moreAvailable: hasMore,
    };
  }
}
