import { HttpStatus } from '@nestjs/common';
import { type FastifyReply } from 'fastify';

/** Sends a browser on by GET, whatever it came with (303); nothing of it is kept. */
export function seeOther(reply: FastifyReply, url: string): void {
  void reply.status(HttpStatus.SEE_OTHER).headers({ location: url, 'cache-control': 'no-store' }).send();
}
