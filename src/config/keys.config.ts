import { type ConfigType } from '@nestjs/config';
import { IsArray, IsIn, IsInt, Max, Min } from 'class-validator';
import { type CrossChecked, type Environment, isProduction, namespace } from './namespace.js';
import { list, number, Secret, Variable } from './variable.js';

const ROOT_KEY = /^(\d{1,3}):([A-Za-z0-9_-]{43})$/;
const HOUR = 3_600;
const DAY = 24 * HOUR;

export class KeysConfig implements CrossChecked {
  @Secret
  @Variable(
    'REGRANT_KEYS',
    'Root keys as version:base64url of 32 bytes, comma separated, the first in use; versions 1 to 255.',
    list,
  )
  @IsArray()
  rootKeys: string[] = [];

  @Variable(
    'SIGNING_ALGORITHMS',
    'Algorithms that a signing key is kept for: ES256, RS256, PS256, EdDSA.',
    list,
  )
  @IsIn(['ES256', 'RS256', 'PS256', 'EdDSA'], { each: true })
  algorithms: string[] = ['ES256', 'RS256', 'PS256', 'EdDSA'];

  @Variable('SIGNING_KEY_LIFETIME', 'Seconds that a signing key signs before the next takes over.', number)
  @IsInt({ message: 'must be a whole number' })
  @Min(60)
  @Max(3_650 * DAY)
  lifetime = 90 * DAY;

  @Variable('SIGNING_KEY_PUBLISH_AHEAD', 'Seconds that the next key is published before it signs.', number)
  @IsInt({ message: 'must be a whole number' })
  @Min(10)
  @Max(30 * DAY)
  publishAhead = DAY;

  problems(environment: Environment): string[] {
    const problems: string[] = [];
    const parsed = this.rootKeys.map((key) => ROOT_KEY.exec(key));
    const versions = parsed.map((match) => Number(match?.[1] ?? 0));
    if (versions.some((version) => version < 1 || version > 255)) {
      problems.push(
        'REGRANT_KEYS: each entry must be version:key, a version of 1 to 255 and 32 bytes in base64url',
      );
    }
    if (new Set(versions).size < versions.length) problems.push('REGRANT_KEYS: a version stands twice');
    if (versions.length === 0 && isProduction(environment)) {
      problems.push('REGRANT_KEYS: must be set in production');
    }
    if (this.publishAhead >= this.lifetime) {
      problems.push('SIGNING_KEY_PUBLISH_AHEAD: must be shorter than SIGNING_KEY_LIFETIME');
    }
    return problems;
  }
}

/** Splits a valid `REGRANT_KEYS` entry into its version and key. */
export function parseRootKey(entry: string): { version: number; key: Buffer } {
  const [, version = '', key = ''] = ROOT_KEY.exec(entry) ?? [];
  return { version: Number(version), key: Buffer.from(key, 'base64url') };
}

export const keysConfig = namespace('keys', KeysConfig);
export type KeysSettings = ConfigType<typeof keysConfig>;
