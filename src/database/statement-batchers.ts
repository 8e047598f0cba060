import { Injectable } from '@nestjs/common';
import { Metrics } from '../metrics/metrics.js';
import { type Tally } from '../metrics/tally.js';
import { type Span, Tracer } from '../tracing/tracer.js';
import {
  type BatchMember,
  type BatchObserver,
  type BatchSettings,
  type BatchStatement,
  StatementBatcher,
} from './statement-batcher.js';

/** What is batched, as metrics have it. */
export type BatcherName = 'rotations' | 'family_reads' | 'token_reads' | 'revocations';

const SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

/** Makes batchers whose sizes and queues metrics tell of, and whose statements are traced to their members. */
@Injectable()
export class StatementBatchers {
  private readonly queues = new Map<BatcherName, () => number>();
  private readonly sizes;
  private readonly rejections: Tally<BatcherName>;

  constructor(
    metrics: Metrics,
    private readonly tracer: Tracer,
  ) {
    const sizes = { name: 'regrant_batch_members', help: 'How many shared a statement.' };
    this.sizes = metrics.histogram(sizes, ['batcher'], SIZES);
    const rejections = {
      name: 'regrant_batch_rejections_total',
      help: 'Answered 503 because too many waited for a statement.',
    };
    this.rejections = metrics.tally(rejections, 'batcher');
    metrics.gauge({
      name: 'regrant_batch_queue_length',
      help: 'How many wait for the next statement.',
      labels: ['batcher'],
      collect: (gauge) => {
        for (const [batcher, length] of this.queues) gauge.set({ batcher }, length());
      },
    });
  }

  create<Member extends BatchMember, Result>(
    name: BatcherName,
    run: BatchStatement<Member, Result>,
    settings: BatchSettings,
  ): StatementBatcher<Member, Result> {
    const batcher = new StatementBatcher(run, settings, this.observer(name));
    this.queues.set(name, () => batcher.queueLength);
    return batcher;
  }

  private observer(name: BatcherName): BatchObserver<Span | undefined> {
    const { tracer, rejections } = this;
    const size = this.sizes.labels(name);
    rejections.count(name, 0);
    return {
      origin: () => tracer.current,
      rejected: () => {
        rejections.count(name);
      },
      send: (origins, statement) => {
        size.observe(origins.length);
        return tracer.isOn ? this.trace(name, origins, statement) : statement();
      },
    };
  }

  /** The statement is part of the trace of the first member that has one, and linked to the others. */
  private trace<Result>(
    name: BatcherName,
    origins: readonly (Span | undefined)[],
    statement: () => Promise<Result>,
  ): Promise<Result> {
    const [first, ...links] = origins.filter((origin) => origin !== undefined);
    const attributes = { 'db.operation.batch.size': origins.length };
    const description = { name: `batch ${name}`, kind: 'internal', attributes, links } as const;
    return this.tracer.within(first, () => this.tracer.child(description, statement));
  }
}
