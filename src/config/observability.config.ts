import { type ConfigType } from '@nestjs/config';
import { IsInt, IsNumber, IsString, Max, Min, ValidateIf } from 'class-validator';
import { type CrossChecked, type Environment, namespace } from './namespace.js';
import { number, type Reader, Variable } from './variable.js';

/** Not a decimal number reads as NaN. */
const fraction: Reader = (value) => (/^\d+(\.\d+)?$/.test(value) ? Number(value) : NaN);

export class ObservabilityConfig implements CrossChecked {
  @Variable(
    'MANAGEMENT_PORT',
    'Port for /metrics and /health, apart from the endpoints; 0 takes a free one. Unset for none.',
    number,
  )
  @ValidateIf(({ managementPort }: ObservabilityConfig) => managementPort !== '')
  @IsInt({ message: 'must be a port' })
  @Min(0)
  @Max(65_535)
  managementPort: number | '' = '';

  @Variable('MANAGEMENT_HOST', 'Address of the port for /metrics and /health.')
  @IsString()
  managementHost = '127.0.0.1';

  @Variable(
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    'http(s) URL of an OpenTelemetry collector (OTLP over HTTP) that traces are sent to. Unset for no traces.',
  )
  @IsString()
  otlpEndpoint = '';

  @Variable('OTEL_SERVICE_NAME', 'The name of this service in traces.')
  @IsString()
  serviceName = 'regrant';

  @Variable(
    'OTEL_TRACES_SAMPLER_ARG',
    'Share of the requests that are traced, 0 to 1; whether the caller traces its own comes first.',
    fraction,
  )
  @IsNumber({}, { message: 'must be a number from 0 to 1' })
  @Min(0)
  @Max(1)
  sampledRatio = 1;

  /** Where traces are posted: below the endpoint, as OTLP has it. */
  get otlpTracesUrl(): string {
    return `${this.otlpEndpoint.replace(/\/+$/, '')}/v1/traces`;
  }

  problems({ HTTP_PORT = '3000' }: Environment): string[] {
    const isShared = this.managementPort !== 0 && String(this.managementPort) === HTTP_PORT;
    return [
      ...(isShared ? ['MANAGEMENT_PORT: must differ from HTTP_PORT'] : []),
      ...(this.otlpEndpoint === '' || /^https?:$/.test(protocolOf(this.otlpEndpoint))
        ? []
        : ['OTEL_EXPORTER_OTLP_ENDPOINT: must be an http or https URL']),
    ];
  }
}

function protocolOf(url: string): string {
  return URL.canParse(url) ? new URL(url).protocol : '';
}

export const observabilityConfig = namespace('observability', ObservabilityConfig);
export type ObservabilitySettings = ConfigType<typeof observabilityConfig>;
