import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { type Client } from '../../clients/client.js';
import { ClientDirectory } from '../../clients/client-directory.js';
import { backoff } from '../../common/backoff.js';
import { openIdConfig, type OpenIdSettings } from '../../config/openid.config.js';
import { OutboundPosts } from '../../http/outbound-posts.js';
import { Metrics } from '../../metrics/metrics.js';
import { type Tally } from '../../metrics/tally.js';
import { type LogoutNotice, LogoutNoticeRepository } from './logout-notice.repository.js';
import { LogoutTokenService } from './logout-token.service.js';

const OUTCOMES = ['taken', 'rejected', 'failed', 'given_up'] as const;

/** Seconds: a client that did not answer for that long has noticed otherwise that the tokens are dead. */
const GIVE_UP_AFTER = 3_600;

/** Tells one client of one session's end, and settles what becomes of the notice. */
@Injectable()
export class LogoutDelivery implements OnModuleDestroy {
  private readonly logger = new Logger(LogoutDelivery.name);
  private readonly posts: OutboundPosts;
  private readonly outcomes: Tally<(typeof OUTCOMES)[number]>;

  constructor(
    private readonly notices: LogoutNoticeRepository,
    private readonly directory: ClientDirectory,
    private readonly tokens: LogoutTokenService,
    metrics: Metrics,
    @Inject(openIdConfig.KEY) { backchannelAllowedAddresses, backchannelTimeoutMs }: OpenIdSettings,
  ) {
    this.posts = new OutboundPosts(backchannelAllowedAddresses, backchannelTimeoutMs);
    const help =
      'Attempts to tell a client by the back channel that a person signed out, by what became of them.';
    this.outcomes = metrics.tally({ name: 'regrant_backchannel_logouts_total', help }, 'outcome', OUTCOMES);
  }

  onModuleDestroy(): void {
    this.posts.close();
  }

  /** One attempt, which the signal ends. @throws when Postgres does not answer */
  async deliver(notice: LogoutNotice, signal: AbortSignal): Promise<void> {
    const client = await this.directory.find(notice.clientId);
    // It has no tokens, or does not want to know.
    if (!client?.enabled || client.backchannelLogoutUri === null) {
      await this.notices.delete(notice.id);
      return;
    }
    const problem = await this.post(notice, client, client.backchannelLogoutUri, signal);
    if (signal.aborted) return;
    if (problem === undefined) await this.done(notice);
    else await this.failed(notice, problem);
  }

  /** @returns what went wrong, if anything did */
  private async post(
    notice: LogoutNotice,
    client: Client,
    url: string,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    try {
      const body = `logout_token=${await this.tokens.sign(notice, client)}`;
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const { status } = await this.posts.send({ url, headers, body }, signal);
      return status >= 200 && status < 300 ? undefined : `answered ${status}`;
    } catch (error) {
      return error instanceof Error ? error.message : 'unknown';
    }
  }

  private async done({ id }: LogoutNotice): Promise<void> {
    await this.notices.delete(id);
    this.outcomes.count('taken');
  }

  /** What the client calls a bad request it would call so again (§2.8). */
  private async failed(notice: LogoutNotice, problem: string): Promise<void> {
    const { id, clientId, attempts, age } = notice;
    const verdict = problem === 'answered 400' ? 'rejected' : age > GIVE_UP_AFTER ? 'given_up' : 'failed';
    this.logger.warn({ clientId, attempts, problem, verdict }, 'a client was not told of a logout');
    if (verdict === 'failed')
      await this.notices.postpone(id, backoff(attempts, Math.random()) / 1000, problem);
    else await this.notices.delete(id);
    this.outcomes.count(verdict);
  }
}
