import { Module } from '@nestjs/common';
import { AuditModule } from '../../audit/audit.module.js';
import { CommonModule } from '../../common/common.module.js';
import { ConfigModule } from '../../config/config.module.js';
import { DatabaseModule } from '../../database/database.module.js';
import { KeyRingModule } from '../../key-ring/key-ring.module.js';
import { ManagementModule } from '../../management/management.module.js';
import { MetricsModule } from '../../metrics/metrics.module.js';
import { RedisModule } from '../../redis/redis.module.js';
import { TracingModule } from '../../tracing/tracing.module.js';

/** What commands work on: the rooms of the management API, without its HTTP, beside servers that run. */
@Module({
  imports: [
    ConfigModule.forRoot(),
    CommonModule.forRole('one-off'),
    MetricsModule,
    TracingModule,
    KeyRingModule,
    DatabaseModule,
    RedisModule,
    AuditModule,
    ManagementModule,
  ],
})
export class RoomsModule {}
