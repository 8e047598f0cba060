import { type ConfigType } from '@nestjs/config';
import { IsInt, IsString, Max, Min } from 'class-validator';
import { type CrossChecked, type Environment, isProduction, namespace } from './namespace.js';
import { number, Variable } from './variable.js';

export class RedisConfig implements CrossChecked {
  @Variable('REDIS_URL', 'redis:// or rediss:// URL; unset keeps its data in this one process.')
  @IsString()
  url = '';

  @Variable('REDIS_KEY_PREFIX', 'What every key and channel name begins with.')
  @IsString()
  keyPrefix = 'regrant:';

  @Variable('REDIS_TIMEOUT_MS', 'Milliseconds to wait for an answer before doing without Redis.', number)
  @IsInt({ message: 'must be a whole number' })
  @Min(5)
  @Max(10_000)
  timeoutMs = 50;

  problems(environment: Environment): string[] {
    if (this.url === '') {
      return isProduction(environment) ? ['REDIS_URL: must be set in production'] : [];
    }
    return /^rediss?:\/\//.test(this.url) && URL.canParse(this.url)
      ? []
      : ['REDIS_URL: must be a redis:// or rediss:// URL'];
  }
}

export const redisConfig = namespace('redis', RedisConfig);
export type RedisSettings = ConfigType<typeof redisConfig>;
