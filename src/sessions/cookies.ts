import { fastifyCookie } from '@fastify/cookie';
import { Inject, Injectable } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { httpConfig, type HttpSettings } from '../config/http.config.js';

/** Of what we keep in a browser; each is there until the browser is closed. */
export type CookieName = 'regrant-session' | 'regrant-csrf' | 'regrant-demo';

/**
 * Our cookies: read by no script, sent along from no other site's form. Over https they carry the prefix `__Host-`,
 * so that no other host of the domain can plant one. Without a plugin, so that token requests look for no cookies.
 */
@Injectable()
export class Cookies {
  private readonly isSecure: boolean;

  constructor(@Inject(httpConfig.KEY) { issuerUrl }: HttpSettings) {
    this.isSecure = issuerUrl.startsWith('https:');
  }

  read(request: FastifyRequest, name: CookieName): string | undefined {
    const { cookie } = request.headers;
    return cookie === undefined ? undefined : fastifyCookie.parse(cookie)[this.fullName(name)];
  }

  set(reply: FastifyReply, name: CookieName, value: string): void {
    this.send(reply, name, value);
  }

  clear(reply: FastifyReply, name: CookieName): void {
    this.send(reply, name, '', 0);
  }

  private send(reply: FastifyReply, name: CookieName, value: string, maxAge?: number): void {
    const cookie = fastifyCookie.serialize(this.fullName(name), value, {
      path: '/',
      secure: this.isSecure,
      httpOnly: true,
      sameSite: 'lax',
      maxAge,
    });
    void reply.header('set-cookie', cookie);
  }

  private fullName(name: CookieName): string {
    return this.isSecure ? `__Host-${name}` : name;
  }
}
