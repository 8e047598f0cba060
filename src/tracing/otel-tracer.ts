import { type Context, ROOT_CONTEXT, SpanKind, trace, type Tracer as ApiTracer } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
  type TracerProviderOptions,
} from '@opentelemetry/sdk-trace';
import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { type ObservabilitySettings } from '../config/observability.config.js';
import { errorType } from './error-type.js';
import { OtelSpan } from './otel-span.js';
import { type RequestDescription, type Span, type SpanDescription, Tracer } from './tracer.js';
import { parseTraceparent } from './traceparent.js';

const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL };
/** What has ended is sent together, so often. */
const EXPORT_MS = 1_000;
/** A collector that is away must not keep the process from ending. */
const STOP_MS = 2_000;

/** Sends traces by OTLP over HTTP, as JSON. Spans wait in memory, at most some thousands; then they are dropped. */
export class OtelTracer extends Tracer {
  readonly isOn = true;
  private readonly spans = new AsyncLocalStorage<OtelSpan>();
  private readonly provider: TracerProvider;
  private readonly tracer: ApiTracer;

  constructor({ otlpTracesUrl, serviceName, sampledRatio }: ObservabilitySettings) {
    super();
    const exporter = new OTLPTraceExporter({ url: otlpTracesUrl });
    this.provider = new TracerProvider({
      resource: resourceOf({ 'service.name': serviceName }),
      sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(sampledRatio) }),
      spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: EXPORT_MS })],
    });
    this.tracer = this.provider.getTracer('regrant');
  }

  get current(): OtelSpan | undefined {
    return this.spans.getStore();
  }

  begin({ traceparent, ...description }: RequestDescription): OtelSpan {
    const caller = parseTraceparent(traceparent);
    return this.start(description, caller ? trace.setSpanContext(ROOT_CONTEXT, caller) : ROOT_CONTEXT);
  }

  within<Result>(span: Span | undefined, work: () => Result): Result {
    return span instanceof OtelSpan ? this.spans.run(span, work) : work();
  }

  async child<Result>(description: SpanDescription, work: () => Promise<Result>): Promise<Result> {
    const { current } = this;
    if (!current) return work();
    const span = this.start(description, trace.setSpan(ROOT_CONTEXT, current.span));
    try {
      return await this.spans.run(span, work);
    } catch (error) {
      span.fail(errorType(error));
      throw error;
    } finally {
      span.end();
    }
  }

  async stop(): Promise<void> {
    const isSent = this.provider.shutdown().catch(() => undefined);
    await Promise.race([isSent, delay(STOP_MS, undefined, { ref: false })]);
  }

  private start({ name, kind, attributes, links = [] }: SpanDescription, context: Context): OtelSpan {
    const linked = links.filter((link) => link instanceof OtelSpan);
    const options = {
      kind: KINDS[kind],
      attributes,
      links: linked.map(({ span }) => ({ context: span.spanContext() })),
    };
    return new OtelSpan(this.tracer.startSpan(name, options, context));
  }
}

type Resource = NonNullable<TracerProviderOptions['resource']>;

/** The package that makes resources comes with the SDK, but is no dependency of ours. */
function resourceOf(attributes: Record<string, string>): Resource {
  const resource: Resource = {
    attributes,
    getRawAttributes: () => Object.entries(attributes),
    merge: (other) => resourceOf({ ...attributes, ...(other?.attributes as Record<string, string>) }),
  };
  return resource;
}
