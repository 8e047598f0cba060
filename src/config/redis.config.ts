import { type ConfigType } from '@nestjs/config';
import { IsArray, IsIn, IsInt, IsString, Max, Min } from 'class-validator';
import { type CrossChecked, type Environment, isProduction, namespace } from './namespace.js';
import { list, number, Secret, Variable } from './variable.js';

const MODES = ['standalone', 'sentinel', 'cluster'] as const;

export class RedisConfig implements CrossChecked {
  @Variable('REDIS_MODE', 'standalone, sentinel or cluster.')
  @IsIn(MODES, { message: `must be one of ${MODES.join(', ')}` })
  mode: (typeof MODES)[number] = 'standalone';

  @Secret
  @Variable(
    'REDIS_URL',
    'redis:// or rediss:// URL; comma-separated ones of the sentinels, or of nodes of the cluster. Unset keeps its data in this one process.',
    list,
  )
  @IsArray()
  urls: string[] = [];

  @Variable('REDIS_SENTINEL_MASTER', 'The name that the sentinels know the master by.')
  @IsString()
  sentinelMaster = 'mymaster';

  @Secret
  @Variable('REDIS_SENTINEL_PASSWORD', 'Password of the sentinels; the URL has that of the data nodes.')
  @IsString()
  sentinelPassword = '';

  @Variable('REDIS_KEY_PREFIX', 'What every key and channel name begins with.')
  @IsString()
  keyPrefix = 'regrant:';

  @Variable('REDIS_TIMEOUT_MS', 'Milliseconds to wait for an answer before doing without Redis.', number)
  @IsInt({ message: 'must be a whole number' })
  @Min(5)
  @Max(10_000)
  timeoutMs = 50;

  problems(environment: Environment): string[] {
    if (this.urls.length === 0) {
      return isProduction(environment) ? ['REDIS_URL: must be set in production'] : [];
    }
    if (!this.urls.every((url) => /^rediss?:\/\//.test(url) && URL.canParse(url))) {
      return ['REDIS_URL: must be a redis:// or rediss:// URL'];
    }
    return this.mode === 'standalone' && this.urls.length > 1
      ? ['REDIS_URL: must be one URL, unless REDIS_MODE is sentinel or cluster']
      : [];
  }
}

export const redisConfig = namespace('redis', RedisConfig);
export type RedisSettings = ConfigType<typeof redisConfig>;
