import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DEVICE_CODE_GRANT } from '../authorization/device/device-authorization.js';
import { type ClientRegistration } from '../clients/client-registration.js';
import { ClientService } from '../clients/client.service.js';
import { demoConfig, type DemoSettings } from '../config/demo.config.js';
import { httpConfig, type HttpSettings } from '../config/http.config.js';
import { UserService } from '../users/user.service.js';

export const DEMO_CLIENT = { id: 'demo', secret: 'demo-secret' } as const;
export const DEMO_USER = { username: 'john', password: 'doe' } as const;

const PROFILE_SCOPES = ['openid', 'profile', 'email', 'offline_access'];

const PEOPLES_GRANTS = ['refresh_token', 'authorization_code', DEVICE_CODE_GRANT, 'password'];

/** Where the demo application gets its answers, of signing in and of signing out. */
function redirectsBelow({ issuerUrl }: Pick<HttpSettings, 'issuerUrl'>) {
  return { redirectUris: [`${issuerUrl}/demo/callback`], postLogoutRedirectUris: [`${issuerUrl}/demo`] };
}

const CLIENTS: readonly (readonly [ClientRegistration, string?])[] = [
  [
    {
      id: DEMO_CLIENT.id,
      name: 'Demo',
      type: 'confidential',
      authMethods: ['client_secret_basic', 'client_secret_post'],
      grantTypes: [...PEOPLES_GRANTS, 'client_credentials'],
      scopes: [...PROFILE_SCOPES, 'events.read', 'ssf.manage', 'ssf.read', 'introspect'],
      defaultScopes: ['profile', 'email'],
    },
    DEMO_CLIENT.secret,
  ],
  [
    {
      id: 'demo-spa',
      name: 'Demo single-page app',
      type: 'public',
      authMethods: ['none'],
      grantTypes: PEOPLES_GRANTS,
      scopes: PROFILE_SCOPES,
      defaultScopes: ['profile', 'email'],
    },
  ],
];

/** The clients and the user of a first run. Never in production, see `DEMO_ACCOUNTS`. */
@Injectable()
export class DemoAccounts implements OnApplicationBootstrap {
  private readonly logger = new Logger(DemoAccounts.name);

  constructor(
    @Inject(demoConfig.KEY) private readonly settings: DemoSettings,
    private readonly clients: ClientService,
    private readonly users: UserService,
    @Inject(httpConfig.KEY) private readonly http: HttpSettings,
  ) {}

  get isWanted(): boolean {
    return this.settings.isWanted(process.env);
  }

  async onApplicationBootstrap(): Promise<void> {
    if (!this.isWanted) return;
    const redirects = redirectsBelow(this.http);
    for (const [registration, secret] of CLIENTS) {
      const isNew = await this.clients.register({ ...registration, ...redirects }, secret);
      // The port may be another than when it was registered.
      if (!isNew) await this.clients.change(registration.id, redirects);
    }
    if (!(await this.users.findByUsername(DEMO_USER.username))) {
      await this.users.create({ ...DEMO_USER, email: 'john@example.com', claims: { name: 'John Doe' } });
    }
    this.logger.warn('the demo accounts are there: anyone who reaches this port may use them');
  }
}
