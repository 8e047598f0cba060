import { Controller, Get, Post, Query, Req, Res } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { requireForm } from '../../http/form-body.js';
import { Csrf } from '../../sessions/csrf.js';
import { DevicePages } from './device-pages.js';
import { DEVICE_PATH } from './device-path.js';

/** The verification URI (RFC 8628 §3.3): where somebody types the code that a device shows, and decides. */
@Controller(DEVICE_PATH)
export class DeviceController {
  constructor(
    private readonly pages: DevicePages,
    private readonly csrf: Csrf,
  ) {}

  /** With a code, as `verification_uri_complete` has it, the person still confirms that it is their device's. */
  @Get()
  async show(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Query('user_code') typed?: string | string[],
  ): Promise<void> {
    await this.pages.show(request, reply, typed === undefined ? undefined : String(typed));
  }

  @Post()
  async enter(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const form = requireForm(request);
    this.csrf.check(request, form);
    await this.pages.enter(request, reply, form.optional('user_code') ?? '');
  }

  @Post('decision')
  async decide(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const form = requireForm(request);
    this.csrf.check(request, form);
    const isAllowed = form.optional('decision') === 'allow';
    await this.pages.decide(request, reply, { typed: form.required('user_code'), isAllowed });
  }
}
