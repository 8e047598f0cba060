import { ConfigurableModuleBuilder, Module, type OnModuleDestroy } from '@nestjs/common';
import { TokenVerifier, type TokenVerifierOptions } from '../token-verifier.js';
import { AccessTokenGuard } from './access-token.guard.js';

export { AccessTokenClaims } from './access-token-claims.js';
export { AccessTokenGuard, type AuthorizedRequest } from './access-token.guard.js';
export { RequiredScopes } from './required-scopes.js';

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } =
  new ConfigurableModuleBuilder<TokenVerifierOptions>().build();

/**
 * One verifier for an application, by `register` or `registerAsync`: the application starts once it knows what
 * is revoked, and stops following when it is closed. Import it where {@link AccessTokenGuard} is used.
 */
@Module({
  providers: [
    {
      provide: TokenVerifier,
      inject: [MODULE_OPTIONS_TOKEN],
      useFactory: (options: TokenVerifierOptions) => TokenVerifier.start(options),
    },
    AccessTokenGuard,
  ],
  exports: [TokenVerifier, AccessTokenGuard],
})
export class TokenVerifierModule extends ConfigurableModuleClass implements OnModuleDestroy {
  constructor(private readonly verifier: TokenVerifier) {
    super();
  }

  onModuleDestroy(): void {
    this.verifier.stop();
  }
}
