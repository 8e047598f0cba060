import { Injectable } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { RandomSource } from '../../common/random-source.js';
import { Cookies } from '../../sessions/cookies.js';
import { type PendingSignIn, type Tokens } from './relying-party.js';

/** What the demo client knows of one browser. */
export interface DemoSession {
  pending?: PendingSignIn;
  tokens?: Tokens;
  /** Refresh tokens that it had before, the latest last. */
  spent: string[];
}

const MAX_SESSIONS = 100;
const ID_BYTES = 32;

/** The demo client's own sessions: in memory, gone with the process. */
@Injectable()
export class DemoSessions {
  private readonly sessions = new LRUCache<string, DemoSession>({ max: MAX_SESSIONS });

  constructor(
    private readonly cookies: Cookies,
    private readonly random: RandomSource,
  ) {}

  find(request: FastifyRequest): DemoSession | undefined {
    return this.sessions.get(this.cookies.read(request, 'regrant-demo') ?? '');
  }

  begin(reply: FastifyReply, pending: PendingSignIn): void {
    const id = this.random.bytes(ID_BYTES).toString('base64url');
    this.sessions.set(id, { pending, spent: [] });
    this.cookies.set(reply, 'regrant-demo', id);
  }

  end(request: FastifyRequest, reply: FastifyReply): void {
    this.sessions.delete(this.cookies.read(request, 'regrant-demo') ?? '');
    this.cookies.clear(reply, 'regrant-demo');
  }
}
