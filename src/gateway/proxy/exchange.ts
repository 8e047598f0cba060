import { type FastifyReply } from 'fastify';
import { type IncomingHttpHeaders, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import { type Dispatcher } from 'undici';
import { type Verdict } from '../authenticator/verdict.js';
import { endToEnd, namesIn } from './hop-by-hop.js';

/** A body of so many bytes that comes with its head is written in one piece with it, which a socket takes in half the time. */
const SMALL = 16 * 1024;

type Controller = Dispatcher.DispatchController;

/** What comes of an exchange: one of these, once. */
export interface ExchangeEnd {
  /** The upstream has begun to answer. */
  answered(statusCode: number): void;
  /** It did not, and the client still waits. */
  failed(error: Error): void;
  /** It had not yet when the client went away. */
  abandoned(): void;
}

/**
 * One request at its upstream: hands the answer to the client as it comes, no faster than the client takes it, and
 * lets go of the upstream when the client goes away. Nothing of the answer is kept.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  private readonly response: ServerResponse;
  private controller: Controller | undefined;
  private isAnswered = false;
  private isGone = false;
  private announced: readonly string[] = [];
  private isFlushed = false;
  /** The beginning of the body, for as long as its head is not written. */
  private held: Buffer | undefined;

  /** @param verdict what the answer gets from us */
  constructor(
    private readonly reply: FastifyReply,
    private readonly verdict: Pick<Verdict, 'downstreamHeaders' | 'setCookie'>,
    private readonly end: ExchangeEnd,
  ) {
    this.response = reply.raw;
    this.response.once('close', () => {
      if (this.response.writableFinished) return;
      this.isGone = true;
      this.controller?.abort(new ClientGoneError());
    });
  }

  onRequestStart(controller: Controller): void {
    this.controller = controller;
    if (this.isGone) controller.abort(new ClientGoneError());
  }

  onResponseStart(_controller: Controller, statusCode: number, headers: IncomingHttpHeaders): void {
    // An answer that is only to be waited for (RFC 9110 §15.2) is between the upstream and us.
    if (statusCode < 200 || this.isGone) return;
    const { response } = this;
    this.announced = namesIn(headers.trailer);
    response.writeHead(statusCode, this.answerHeaders(headers));
    this.isAnswered = true;
    this.reply.hijack();
    // Whoever reads a stream of events is to know that it has begun, even while there is none.
    setImmediate(() => {
      this.flush();
    });
    this.end.answered(statusCode);
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    if (this.isGone) return;
    if (!this.isFlushed && !this.held && chunk.length <= SMALL) {
      this.held = chunk;
      return;
    }
    this.flush();
    if (this.response.write(chunk)) return;
    controller.pause();
    this.response.once('drain', () => {
      controller.resume();
    });
  }

  onResponseEnd(_controller: Controller, trailers: IncomingHttpHeaders): void {
    if (this.isGone) return;
    const sent = this.announced.flatMap((name): [string, string][] => {
      const lines = trailers[name];
      return lines === undefined ? [] : [[name, String(lines)]];
    });
    if (sent.length > 0) this.response.addTrailers(sent);
    const { held } = this;
    this.isFlushed = true;
    this.held = undefined;
    // Node joins a head and a string, byte by byte in this encoding, but no head and a buffer.
    if (held) this.response.end(held.toString('latin1'), 'latin1');
    else this.response.end();
  }

  /** What breaks off was an answer that had begun. */
  onResponseError(_controller: Controller, error: Error): void {
    if (this.isAnswered) this.breakOff();
    else if (this.isGone) this.end.abandoned();
    else this.end.failed(error);
  }

  private breakOff(): void {
    this.flush();
    this.response.destroy();
  }

  private flush(): void {
    const { response, held } = this;
    if (this.isFlushed || this.isGone) return;
    this.isFlushed = true;
    this.held = undefined;
    if (held) response.write(held);
    else response.flushHeaders();
  }

  private answerHeaders(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
    const { downstreamHeaders, setCookie } = this.verdict;
    const { request } = this.reply;
    const sent: OutgoingHttpHeaders = endToEnd(headers as Record<string, string | string[]>);
    sent['x-request-id'] ??= request.id;
    for (const name of Object.keys(downstreamHeaders)) sent[name.toLowerCase()] = downstreamHeaders[name];
    if (setCookie !== undefined) sent['set-cookie'] = [setCookie, ...linesOf(headers['set-cookie'])];
    if (this.announced.length > 0) sent.trailer = this.announced.join(', ');
    // What is left of the request would be taken for the next one.
    if (!request.raw.complete) sent.connection = 'close';
    return sent;
  }
}

/** What the upstream's connection is told: it had nothing to do with it. */
class ClientGoneError extends Error {
  override readonly name = 'ClientGoneError';
}

/** One line is a string, whatever the types say. */
function linesOf(lines: string | string[] = []): string[] {
  return [lines].flat();
}
