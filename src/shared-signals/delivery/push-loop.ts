import { Logger } from '@nestjs/common';
import { type Tally } from '../../metrics/tally.js';
import { type Tracer } from '../../tracing/tracer.js';
import { type SetSigner } from '../events/set-signer.js';
import { type PushAuthorizations } from '../streams/push-authorizations.js';
import { type Stream } from '../streams/stream.js';
import { type StreamListener } from '../stream-signals.js';
import { backoff } from '../../common/backoff.js';
import { type PushClient, type PushOutcome, type PushRequest } from './push-client.js';
import { type Settlement } from './settlement.js';
import { type DueEvent, type StreamBacklog } from './stream-backlog.js';

export interface PushTools {
  readonly backlog: StreamBacklog;
  readonly settlement: Settlement;
  readonly signer: SetSigner;
  readonly authorizations: PushAuthorizations;
  readonly client: PushClient;
  readonly outcomes: Tally<PushOutcome['kind']>;
  readonly tracer: Tracer;
}

/** Events that are pushed before the stream's settings are read again. */
const BATCH = 50;
/** In case nobody was heard. */
const IDLE_MS = 5_000;

type Next = 'go on' | 'wait' | 'retry';

/**
 * Pushes one stream's events, one after the other and each until it is taken or rejected, so that their
 * order is kept; whatever its receiver does, no other stream waits for it.
 */
export class PushLoop {
  private readonly logger = new Logger(PushLoop.name);
  /** In a row. */
  private failures = 0;
  /** Of this loop, or of one on another replica before it. */
  private mayBeNotedAsFailing = true;

  constructor(
    private readonly streamId: string,
    private readonly tools: PushTools,
    private readonly listener: StreamListener,
  ) {}

  /** Until the signal ends it. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const next = await this.pushDue(signal).catch((error: unknown) => {
        this.logger.warn({ err: error, streamId: this.streamId }, 'events wait to be pushed');
        return 'retry' as const;
      });
      await this.pauseBefore(next, signal);
    }
    this.listener.close();
  }

  /** A receiver that failed is left alone for a while, however many events there are. */
  private async pauseBefore(next: Next, signal: AbortSignal): Promise<void> {
    if (next === 'wait') await this.listener.wait(IDLE_MS, signal);
    if (next !== 'retry') return;
    this.failures += 1;
    await this.listener.waitForChange(backoff(this.failures, Math.random()), signal);
  }

  private async pushDue(signal: AbortSignal): Promise<Next> {
    this.listener.resetChange();
    const backlog = await this.tools.backlog.read(this.streamId, BATCH);
    if (!backlog || backlog.stream.pushUrl === null) return 'wait';
    const { stream, events, hasMore } = backlog;
    const target = { url: backlog.stream.pushUrl, authorization: this.tools.authorizations.open(stream) };
    for (const event of events) {
      // Paused, moved or deleted since it was read.
      if (this.listener.hasChanged) return 'go on';
      if (signal.aborted || !(await this.push(event, stream, target, signal))) return 'retry';
      this.failures = 0;
    }
    return hasMore || events.length > 0 ? 'go on' : 'wait';
  }

  /** @returns whether the event is done with */
  private async push(
    event: DueEvent,
    stream: Stream,
    target: Omit<PushRequest, 'token'>,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { settlement, outcomes } = this.tools;
    const outcome = await this.send(event, stream, target, signal);
    if (!signal.aborted || outcome.kind !== 'failed') outcomes.count(outcome.kind);
    if (outcome.kind === 'failed') {
      if (!signal.aborted) await this.reportFailure(outcome.problem);
      return false;
    }
    const rejections = outcome.kind === 'rejected' ? [{ jti: event.jti, ...outcome }] : [];
    await settlement.settle(stream.id, [event], rejections);
    if (this.mayBeNotedAsFailing) await settlement.recovered(stream.id);
    this.mayBeNotedAsFailing = false;
    return true;
  }

  private async send(
    event: DueEvent,
    stream: Stream,
    target: Omit<PushRequest, 'token'>,
    signal: AbortSignal,
  ): Promise<PushOutcome> {
    const { client, signer, tracer } = this.tools;
    const attributes = { 'http.request.method': 'POST', 'server.address': new URL(target.url).hostname };
    const span = tracer.begin({ name: 'POST', kind: 'client', attributes });
    try {
      const token = await tracer.within(span, () => signer.sign(event, stream.clientId));
      const outcome = await client.push({ ...target, token, traceparent: span?.traceparent }, signal);
      if (outcome.kind !== 'taken') span?.fail(outcome.kind);
      return outcome;
    } finally {
      span?.end();
    }
  }

  private async reportFailure(problem: string): Promise<void> {
    const { streamId, failures } = this;
    this.logger.warn({ streamId, failures: failures + 1, problem }, 'an event could not be pushed');
    this.mayBeNotedAsFailing = true;
    await this.tools.settlement.failed(streamId, problem);
  }
}
