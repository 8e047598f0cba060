import { type Span as ApiSpan, SpanStatusCode } from '@opentelemetry/api';
import { type Span, type SpanAttributes } from './tracer.js';
import { formatTraceparent } from './traceparent.js';

/** A span of OpenTelemetry's. */
export class OtelSpan implements Span {
  constructor(readonly span: ApiSpan) {}

  get traceId(): string {
    return this.span.spanContext().traceId;
  }

  get traceparent(): string {
    return formatTraceparent(this.span.spanContext());
  }

  rename(name: string): void {
    this.span.updateName(name);
  }

  set(attributes: SpanAttributes): void {
    this.span.setAttributes(attributes);
  }

  fail(type: string): void {
    this.span.setAttributes({ 'error.type': type }).setStatus({ code: SpanStatusCode.ERROR });
  }

  end(): void {
    this.span.end();
  }
}
