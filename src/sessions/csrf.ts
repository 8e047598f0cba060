import { Injectable } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type FormParameters } from '../common/form-parameters.js';
import { constantTimeEqual } from '../common/constant-time.js';
import { RandomSource } from '../common/random-source.js';
import { KeyRing } from '../key-ring/key-ring.js';
import { PageError } from '../pages/page-error.js';
import { Cookies } from './cookies.js';

const SECRET_BYTES = 32;
const SECRET = /^[\w-]{43}$/;
const NONCE_BYTES = 12;
const MAC_BYTES = 32;

/** The form field that a token is in. */
export const CSRF_FIELD = 'csrf_token';

/**
 * Tokens that let a form be sent only by the browser that it was rendered for, before sign-in too: a MAC over a cookie
 * of its own and the session's cookie. A form from before a sign-in, or of another person's session, is refused.
 *
 * Each rendering has another token, so that a compressing proxy gives none away.
 */
@Injectable()
export class Csrf {
  /** Secrets of browsers that had none, set by the answer under way. */
  private readonly issued = new WeakMap<FastifyRequest, string>();

  constructor(
    private readonly keys: KeyRing,
    private readonly cookies: Cookies,
    private readonly random: RandomSource,
  ) {}

  /** For the form of a page about to be sent. */
  token(request: FastifyRequest, reply: FastifyReply): string {
    const secret = this.secretOf(request) ?? this.issue(request, reply);
    const nonce = this.random.bytes(NONCE_BYTES);
    const version = this.keys.activeVersion;
    const mac = this.mac(request, { version, nonce, secret });
    return Buffer.concat([Buffer.of(version), nonce, mac]).toString('base64url');
  }

  /** @throws PageError that says that the page has expired, when the form is not of this browser and session */
  check(request: FastifyRequest, form: FormParameters): void {
    if (!this.isSound(request, form.optional(CSRF_FIELD) ?? '')) throw PageError.expired();
  }

  private isSound(request: FastifyRequest, token: string): boolean {
    const secret = this.secretOf(request);
    const bytes = Buffer.from(token, 'base64url');
    const [version = 0] = bytes;
    if (secret === undefined || bytes.length !== 1 + NONCE_BYTES + MAC_BYTES) return false;
    if (!this.keys.knows(version)) return false;
    const nonce = bytes.subarray(1, 1 + NONCE_BYTES);
    return constantTimeEqual(bytes.subarray(-MAC_BYTES), this.mac(request, { version, nonce, secret }));
  }

  private mac(
    request: FastifyRequest,
    { version, nonce, secret }: { version: number; nonce: Buffer; secret: string },
  ): Buffer {
    const session = this.cookies.read(request, 'regrant-session') ?? '';
    return this.keys.mac('csrf', version, nonce, `${secret}\0${session}`);
  }

  private secretOf(request: FastifyRequest): string | undefined {
    const secret = this.cookies.read(request, 'regrant-csrf');
    return secret !== undefined && SECRET.test(secret) ? secret : this.issued.get(request);
  }

  private issue(request: FastifyRequest, reply: FastifyReply): string {
    const secret = this.random.bytes(SECRET_BYTES).toString('base64url');
    this.issued.set(request, secret);
    this.cookies.set(reply, 'regrant-csrf', secret);
    return secret;
  }
}
