import { type ConfigType } from '@nestjs/config';
import { IsArray, IsInt, IsString, Max, Min, ValidateIf } from 'class-validator';
import { isAddressRange } from './address-ranges.js';
import { type CrossChecked, type Environment, namespace } from './namespace.js';
import { list, number, Variable } from './variable.js';

/** Where the gateway listens. What it does there is a matter of its routes. */
export class GatewayConfig implements CrossChecked {
  @Variable('GATEWAY_PORT', 'Port of the gateway, 0 to 65535; 0 takes a free one. Unset for none.', number)
  @ValidateIf(({ port }: GatewayConfig) => port !== '')
  @IsInt({ message: 'must be a port' })
  @Min(0)
  @Max(65_535)
  port: number | '' = '';

  @Variable('GATEWAY_HOST', 'Address that the gateway listens on.')
  @IsString()
  host = '127.0.0.1';

  @Variable(
    'GATEWAY_UPSTREAM_TIMEOUT',
    'Seconds until an upstream has begun to answer; what it then sends may take any time.',
    number,
  )
  @IsInt({ message: 'must be a whole number' })
  @Min(1)
  @Max(3_600)
  upstreamTimeout = 60;

  @Variable(
    'GATEWAY_FORWARD_AUTH_FROM',
    'Addresses or CIDR ranges of the proxies that may ask /gateway/auth about requests. Unset for none.',
    list,
  )
  @IsArray()
  forwardAuthFrom: string[] = [];

  problems(environment: Environment): string[] {
    const ranges = this.forwardAuthFrom.every(isAddressRange)
      ? []
      : ['GATEWAY_FORWARD_AUTH_FROM: must be addresses or CIDR ranges'];
    return [...this.portProblems(environment), ...ranges];
  }

  private portProblems({ HTTP_PORT = '3000', MANAGEMENT_PORT }: Environment): string[] {
    if (this.port === '' || this.port === 0) return [];
    const others = { HTTP_PORT, MANAGEMENT_PORT };
    return Object.entries(others)
      .filter(([, value]) => value === String(this.port))
      .map(([name]) => `GATEWAY_PORT: must differ from ${name}`);
  }
}

export const gatewayConfig = namespace('gateway', GatewayConfig);
export type GatewaySettings = ConfigType<typeof gatewayConfig>;
