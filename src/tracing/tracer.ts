/** Never a secret, nor what a request carries: names, sizes and codes. */
export type SpanAttributes = Readonly<Record<string, string | number>>;

/** One piece of work in a trace, under way. */
export interface Span {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** The header for whoever is asked on the way (W3C Trace Context §3.2). */
  readonly traceparent: string;
  rename(name: string): void;
  set(attributes: SpanAttributes): void;
  /** @param type of what went wrong, in a word: messages may hold what nobody should read */
  fail(type: string): void;
  end(): void;
}

export interface SpanDescription {
  readonly name: string;
  readonly kind: 'server' | 'client' | 'internal';
  readonly attributes?: SpanAttributes;
  /** Others that this work is done for as well. */
  readonly links?: readonly Span[];
}

/** Where a request comes from, and what it is before its route is known. */
export interface RequestDescription extends SpanDescription {
  /** The `traceparent` header, if it was sent. */
  readonly traceparent?: string;
}

/**
 * Traces what happens to a request. Off, as it is unless `OTEL_EXPORTER_OTLP_ENDPOINT` is set, it only does
 * the work; where that costs a closure or an object, ask {@link isOn} first.
 */
export abstract class Tracer {
  abstract readonly isOn: boolean;

  /** The span that this code runs for. */
  abstract get current(): Span | undefined;

  /** Begins a trace, or goes on with the one that the request is part of. Its maker ends it. */
  abstract begin(description: RequestDescription): Span | undefined;

  /** Runs `work` for the span; without one, for whichever it is now. */
  abstract within<Result>(span: Span | undefined, work: () => Result): Result;

  /** Runs `work` as a part of the current span. What no request has brought about is not traced. */
  abstract child<Result>(description: SpanDescription, work: () => Promise<Result>): Promise<Result>;

  /** Hands over what was traced and not yet sent. */
  abstract stop(): Promise<void>;
}

/** Traces nothing. */
export class SilentTracer extends Tracer {
  readonly isOn = false;
  readonly current = undefined;

  begin(): undefined {
    return undefined;
  }

  within<Result>(_span: Span | undefined, work: () => Result): Result {
    return work();
  }

  child<Result>(_description: SpanDescription, work: () => Promise<Result>): Promise<Result> {
    return work();
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }
}
