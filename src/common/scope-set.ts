import { OAuthError } from './oauth-error.js';

/** `scope-token` of RFC 6749 §3.3. */
const SCOPE_TOKEN = /^[\x21\x23-\x5B\x5D-\x7E]+$/;

/** An ordered set of scope tokens (RFC 6749 §3.3). Immutable. */
export class ScopeSet {
  static readonly empty = new ScopeSet([]);

  private constructor(readonly values: readonly string[]) {}

  static of(values: Iterable<string>): ScopeSet {
    return new ScopeSet([...new Set(values)]);
  }

  /**
   * Reads a `scope` parameter: tokens separated by single spaces, in any order, repeats allowed.
   *
   * @throws OAuthError `invalid_scope` when it is not of that form
   */
  static parse(parameter: string): ScopeSet {
    const tokens = parameter.split(' ');
    if (!tokens.every((token) => SCOPE_TOKEN.test(token))) {
      throw OAuthError.invalidScope('scope is malformed');
    }
    return ScopeSet.of(tokens);
  }

  static isScopeToken(value: string): boolean {
    return SCOPE_TOKEN.test(value);
  }

  get isEmpty(): boolean {
    return this.values.length === 0;
  }

  has(scope: string): boolean {
    return this.values.includes(scope);
  }

  isWithin(other: ScopeSet): boolean {
    return this.values.every((value) => other.has(value));
  }

  /** The members that are also in `other`, in this set's order. */
  intersect(other: ScopeSet): ScopeSet {
    return new ScopeSet(this.values.filter((value) => other.has(value)));
  }

  toString(): string {
    return this.values.join(' ');
  }
}
