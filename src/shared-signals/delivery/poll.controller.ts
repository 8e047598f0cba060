import { Controller, Header, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { OAuthError } from '../../common/oauth-error.js';
import { requireJson } from '../../http/json-object.js';
import { Receivers } from '../receivers.js';
import { StreamService } from '../streams/stream.service.js';
import { LongPolls, type PollAnswer } from './long-polls.js';
import { parsePollRequest } from './poll-request.js';
import { Settlement } from './settlement.js';

/** Poll delivery (RFC 8936). */
@Controller('ssf/poll')
export class PollController {
  constructor(
    private readonly receivers: Receivers,
    private readonly streams: StreamService,
    private readonly settlement: Settlement,
    private readonly polls: LongPolls,
  ) {}

  /** Acknowledges, then hands out what is due. What is not acknowledged comes again. */
  @Post(':stream_id')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async poll(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('stream_id') streamId: string,
  ): Promise<PollAnswer> {
    const clientId = await this.receivers.mayRead(request);
    const { id, pushUrl } = await this.streams.find(clientId, streamId);
    if (pushUrl !== null) throw OAuthError.invalidRequest('the events of this stream are pushed');
    const poll = parsePollRequest(requireJson(request));
    await this.settlement.settleById(id, poll.taken, poll.rejections);
    const answer = await this.polls.poll(id, poll, goneSignal(reply));
    // It may have waited long enough for the token to be revoked.
    if (!(await this.receivers.isStillWelcome(request)))
      throw OAuthError.invalidToken('the access token is not valid');
    return answer;
  }
}

function goneSignal({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  raw.once('close', () => {
    gone.abort();
  });
  return gone.signal;
}
