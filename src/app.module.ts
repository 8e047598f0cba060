import { type DynamicModule, Module } from '@nestjs/common';
import { AccountModule } from './account/account.module.js';
import { AuditModule } from './audit/audit.module.js';
import { AuthorizationModule } from './authorization/authorization.module.js';
import { ClientsModule } from './clients/clients.module.js';
import { CommonModule } from './common/common.module.js';
import { ConfigModule } from './config/config.module.js';
import { DatabaseModule } from './database/database.module.js';
import { EventStreamsModule } from './event-streams/event-streams.module.js';
import { EventsModule } from './events/events.module.js';
import { FirstRunModule } from './first-run/first-run.module.js';
import { GatewayModule } from './gateway/gateway.module.js';
import { GrantsModule } from './grants/grants.module.js';
import { IntrospectionModule } from './introspection/introspection.module.js';
import { KeyRingModule } from './key-ring/key-ring.module.js';
import { ManagementModule } from './management/management.module.js';
import { MetadataModule } from './metadata/metadata.module.js';
import { OpenIdModule } from './openid/openid.module.js';
import { ObservabilityModule } from './observability/observability.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { RedisModule } from './redis/redis.module.js';
import { RefusalsModule } from './refusals/refusals.module.js';
import { RegistrationModule } from './registration/registration.module.js';
import { RevocationModule } from './revocation/revocation.module.js';
import { SignInModule } from './sessions/sign-in/sign-in.module.js';
import { RolesModule } from './roles/roles.module.js';
import { SharedSignalsModule } from './shared-signals/shared-signals.module.js';
import { TokensModule } from './tokens/tokens.module.js';
import { TracingModule } from './tracing/tracing.module.js';
import { UsersModule } from './users/users.module.js';

/** The one composition root. */
@Module({})
export class AppModule {
  static register(): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.forRoot(),
        CommonModule.forRole('server'),
        MetricsModule,
        TracingModule,
        KeyRingModule,
        DatabaseModule,
        RedisModule,
        AuditModule,
        RefusalsModule,
        UsersModule,
        SignInModule,
        ClientsModule,
        EventsModule,
        RolesModule,
        TokensModule,
        RevocationModule,
        IntrospectionModule,
        AuthorizationModule,
        OpenIdModule,
        GrantsModule,
        EventStreamsModule,
        SharedSignalsModule,
        RegistrationModule.register(),
        AccountModule,
        GatewayModule,
        ManagementModule,
        MetadataModule,
        ObservabilityModule,
        FirstRunModule,
      ],
    };
  }
}
