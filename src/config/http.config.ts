import { isIP } from 'node:net';
import { type ConfigType } from '@nestjs/config';
import { IsArray, IsIn, IsInt, IsString, Max, Min } from 'class-validator';
import { type CrossChecked, type Environment, isProduction, namespace } from './namespace.js';
import { list, number, Variable } from './variable.js';

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

export class HttpConfig implements CrossChecked {
  @Variable('HTTP_HOST', 'Address to listen on.')
  @IsString()
  host = '127.0.0.1';

  @Variable('HTTP_PORT', 'Port to listen on, 0 to 65535; 0 takes a free one.', number)
  @IsInt({ message: 'must be a port' })
  @Min(0)
  @Max(65_535)
  port = 3000;

  @Variable('ISSUER', 'Issuer identifier: an https URL without query or fragment (http only on loopback).')
  @IsString()
  issuer = '';

  @Variable(
    'TRUST_PROXY',
    'Addresses or CIDR ranges of reverse proxies whose X-Forwarded-For is believed.',
    list,
  )
  @IsArray()
  trustProxy: string[] = [];

  @Variable('LOG_LEVEL', 'fatal, error, warn, info, debug, trace or silent.')
  @IsIn(LEVELS)
  logLevel = 'info';

  /** The issuer, or where this process listens when none is set. Without a trailing slash. */
  get issuerUrl(): string {
    if (this.issuer !== '') return this.issuer.endsWith('/') ? this.issuer.replace(/\/+$/, '') : this.issuer;
    const host = this.host.includes(':') ? `[${this.host}]` : this.host;
    return `http://${host}:${this.port}`;
  }

  /** The path of the issuer, `''` where it has none: every endpoint stands below it. */
  get issuerPath(): string {
    return new URL(this.issuerUrl).pathname.replace(/\/+$/, '');
  }

  problems(environment: Environment): string[] {
    const proxies = this.trustProxy.every(isAddressRange)
      ? []
      : ['TRUST_PROXY: must be addresses, CIDR ranges, loopback, linklocal or uniquelocal'];
    return [...this.issuerProblems(environment), ...proxies];
  }

  private issuerProblems(environment: Environment): string[] {
    if (this.issuer === '') {
      if (isProduction(environment)) return ['ISSUER: must be set in production'];
      return this.port === 0 ? ['ISSUER: must be set where HTTP_PORT is 0'] : [];
    }
    return isIssuer(this.issuer)
      ? []
      : ['ISSUER: must be an https URL (http on loopback only) without query, fragment or user'];
  }
}

function isAddressRange(value: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(value)) return true;
  const [address = '', bits = '0', ...rest] = value.split('/');
  const longest = { 4: 32, 6: 128 }[isIP(address)];
  return longest !== undefined && rest.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= longest;
}

function isIssuer(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  const loopback = ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  const secure = url.protocol === 'https:' || (url.protocol === 'http:' && loopback);
  return secure && !/[?#\s]/.test(value) && url.username === '' && url.password === '';
}

export const httpConfig = namespace('http', HttpConfig);
export type HttpSettings = ConfigType<typeof httpConfig>;
