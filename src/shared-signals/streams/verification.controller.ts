import { Controller, Header, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { OAuthError } from '../../common/oauth-error.js';
import { sharedSignalsConfig, type SharedSignalsSettings } from '../../config/shared-signals.config.js';
import { requireJson } from '../../http/json-object.js';
import { Receivers } from '../receivers.js';
import { StreamSignals } from '../stream-signals.js';
import { NoticeRepository } from './notice.repository.js';
import { StreamService } from './stream.service.js';

/** The Verification Endpoint (SSF §8.1.4.2). */
@Controller('ssf/verification')
export class VerificationController {
  constructor(
    private readonly receivers: Receivers,
    private readonly streams: StreamService,
    private readonly notices: NoticeRepository,
    private readonly signals: StreamSignals,
    @Inject(sharedSignalsConfig.KEY) private readonly settings: SharedSignalsSettings,
  ) {}

  /** Has a verification event sent, which carries `state`. Of a paused stream it waits like any other. */
  @Post()
  @HttpCode(204)
  @Header('cache-control', 'no-store')
  async verify(@Req() request: FastifyRequest): Promise<void> {
    const clientId = await this.receivers.mayManage(request);
    const body = requireJson(request);
    const { id, status } = await this.streams.find(clientId, body.string('stream_id'));
    const state = body.optionalString('state');
    if (status === 'disabled') throw OAuthError.invalidRequest('the stream is disabled and sends nothing');
    const { verificationInterval } = this.settings;
    if (!(await this.notices.insertVerification(id, state, verificationInterval)))
      throw OAuthError.tooManyAttempts('the stream was verified just now', verificationInterval);
    await this.signals.announce(id);
  }
}
