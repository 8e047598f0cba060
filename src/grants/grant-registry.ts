import { Inject, Injectable } from '@nestjs/common';
import { tokensConfig, type TokensSettings } from '../config/tokens.config.js';
import { GRANT_STRATEGIES, type GrantStrategy } from './grant-strategy.js';

/** The grants that this server offers: those registered, less those switched off. */
@Injectable()
export class GrantRegistry {
  private readonly strategies: ReadonlyMap<string, GrantStrategy>;

  /** @throws Error at boot for a grant registered twice, or an unknown one switched off */
  constructor(
    @Inject(GRANT_STRATEGIES) strategies: readonly GrantStrategy[],
    @Inject(tokensConfig.KEY) { disabledGrantTypes }: TokensSettings,
  ) {
    const registered = new Map(strategies.map((strategy) => [strategy.grantType, strategy]));
    if (registered.size < strategies.length) throw new Error('two strategies claim the same grant_type');
    for (const grantType of disabledGrantTypes) {
      if (!registered.delete(grantType)) throw new Error('DISABLED_GRANT_TYPES: names an unknown grant');
    }
    this.strategies = registered;
  }

  find(grantType: string): GrantStrategy | undefined {
    return this.strategies.get(grantType);
  }

  get grantTypes(): readonly string[] {
    return [...this.strategies.keys()];
  }
}
