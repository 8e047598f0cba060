import { createParamDecorator, type ExecutionContext, Injectable, type OnModuleInit } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { constantTimeEqual } from '../../common/constant-time.js';
import { type Transaction } from '../../database/sql-session.js';
import { Sweeper } from '../../database/sweeper.js';
import { ProblemError } from '../../http/problem.js';
import { KeyRing } from '../../key-ring/key-ring.js';
import { type Caller } from './caller.js';
import { IdempotentAnswerRepository, type SealedAnswer } from './idempotent-answer.repository.js';

/** A request that may come more than once. */
export interface RepeatableRequest {
  /** The caller's own; without one every request is a new one. */
  readonly key?: string;
  /** What the request asks for: the same key for another request is a slip. */
  readonly content: string;
}

const KEY = /^[\x21-\x7E]{1,255}$/;
const SWEEP = 'idempotent answers';

/** The request's `Idempotency-Key`, and what it asks for. */
export const Repeatable = createParamDecorator(
  (_data: unknown, context: ExecutionContext): RepeatableRequest => {
    const { headers, method, url, body } = context.switchToHttp().getRequest<FastifyRequest>();
    const key = headers['idempotency-key'];
    if (key !== undefined && (typeof key !== 'string' || !KEY.test(key))) {
      const detail = 'must be 1 to 255 printable ASCII characters without space';
      throw ProblemError.validation([{ pointer: 'Idempotency-Key', detail }]);
    }
    return { key, content: JSON.stringify([method, url, body]) };
  },
);

/**
 * Answers a repeated request as the first time, and does it once.
 *
 * The answer is kept for a day in the transaction that did it, so that it is there exactly when it was done;
 * a repeat that comes meanwhile waits for that transaction. It may hold a new secret, so it is sealed.
 */
@Injectable()
export class Idempotency implements OnModuleInit {
  constructor(
    private readonly answers: IdempotentAnswerRepository,
    private readonly keys: KeyRing,
    private readonly sweeper: Sweeper,
  ) {}

  onModuleInit(): void {
    this.sweeper.register(SWEEP, () => this.answers.deleteOld());
  }

  /**
   * @param work is not called where it was before; what it answers must be JSON
   * @throws ProblemError 422 when the key was used for another request
   */
  async once<Answer extends object>(
    transaction: Transaction,
    { actor }: Caller,
    { key, content }: RepeatableRequest,
    work: () => Promise<Answer>,
  ): Promise<Answer> {
    if (key === undefined) return work();
    const context = `${actor.id} ${key}`;
    const fingerprint = this.fingerprint(this.keys.activeVersion, content);
    if (await this.answers.begin(transaction, actor.id, key, fingerprint)) {
      const answer = await work();
      const sealed = this.keys.seal('idempotency-seal', Buffer.from(JSON.stringify(answer)), context);
      await this.answers.finish(transaction, actor.id, key, sealed);
      return answer;
    }
    const before = await this.answers.find(transaction, actor.id, key);
    if (!before || !this.isSame(before, content)) throw keyOfAnotherRequest();
    return JSON.parse(
      this.keys.open('idempotency-seal', before.version, before.sealed, context).toString(),
    ) as Answer;
  }

  private isSame({ version, fingerprint }: SealedAnswer, content: string): boolean {
    return constantTimeEqual(this.fingerprint(version, content), fingerprint);
  }

  /** Under a key: a mere hash of a request would let a dump of the database try passwords on it. */
  private fingerprint(version: number, content: string): Buffer {
    return this.keys.mac('idempotency-fingerprint', version, content);
  }
}

function keyOfAnotherRequest(): ProblemError {
  const detail = 'was used for another request';
  return ProblemError.validation([{ pointer: 'Idempotency-Key', detail }]);
}
