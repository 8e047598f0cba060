import { Global, Module, type OnApplicationShutdown } from '@nestjs/common';
import { observabilityConfig, type ObservabilitySettings } from '../config/observability.config.js';
import { SilentTracer, Tracer } from './tracer.js';

/** Traces for every room. What they take is loaded only where there is a collector to send them to. */
@Global()
@Module({
  providers: [
    {
      provide: Tracer,
      inject: [observabilityConfig.KEY],
      useFactory: async (settings: ObservabilitySettings): Promise<Tracer> => {
        if (settings.otlpEndpoint === '') return new SilentTracer();
        const { OtelTracer } = await import('./otel-tracer.js');
        return new OtelTracer(settings);
      },
    },
  ],
  exports: [Tracer],
})
export class TracingModule implements OnApplicationShutdown {
  constructor(private readonly tracer: Tracer) {}

  async onApplicationShutdown(): Promise<void> {
    await this.tracer.stop();
  }
}
