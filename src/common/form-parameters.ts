import { OAuthError } from './oauth-error.js';

/** Longest name or value of one parameter, in bytes before decoding. */
export const MAX_PARAMETER_BYTES = 8 * 1024;

/** Any other is nobody's parameter, and may be a secret in the wrong place. */
const PARAMETER_NAME = /^[a-z_]{1,40}$/;

/**
 * The parameters of an `application/x-www-form-urlencoded` body, read strictly: an authorization server
 * must not guess what a malformed request meant. An empty value counts as absent (RFC 6749 §3.2).
 */
export class FormParameters {
  private constructor(
    /** Every name with its value in their order, empty ones too: for who is no OAuth endpoint. */
    readonly pairs: readonly (readonly [name: string, value: string])[],
  ) {}

  /**
   * @param body the raw body, bytes as received
   * @throws OAuthError `invalid_request` for invalid UTF-8, broken percent-encoding, NUL bytes or an
   *   oversized parameter
   */
  static parse(body: Buffer): FormParameters {
    const pairs: [string, string][] = [];
    for (const pair of body.toString('latin1').split('&')) {
      if (pair === '') continue;
      if (pair.length > MAX_PARAMETER_BYTES) throw OAuthError.invalidRequest('a parameter is too long');
      const equals = pair.indexOf('=');
      const name = decodeFormComponent(equals < 0 ? pair : pair.slice(0, equals));
      const value = equals < 0 ? '' : decodeFormComponent(pair.slice(equals + 1));
      pairs.push([name, value]);
    }
    return new FormParameters(pairs);
  }

  /**
   * The value of a parameter that may stand once at most.
   *
   * @throws OAuthError `invalid_request` when it is repeated
   */
  optional(name: string): string | undefined {
    const [value, second] = this.all(name);
    if (second !== undefined) throw OAuthError.invalidRequest(`${name} is repeated`);
    return value;
  }

  /** @throws OAuthError `invalid_request` when it is missing, empty or repeated */
  required(name: string): string {
    const value = this.optional(name);
    if (value === undefined) throw OAuthError.invalidRequest(`${name} is missing`);
    return value;
  }

  /** All values of a parameter that may be repeated, such as `resource` (RFC 8707 §2). */
  all(name: string): readonly string[] {
    const values: string[] = [];
    for (const [known, value] of this.pairs) if (known === name && value !== '') values.push(value);
    return values;
  }

  /** @throws OAuthError `invalid_request` when a parameter outside `repeatable` stands twice (RFC 6749 §3.2) */
  rejectRepeated(repeatable: readonly string[] = []): void {
    const seen = new Set<string>();
    for (const [name, value] of this.pairs) {
      if (value === '') continue;
      if (seen.has(name) && !repeatable.includes(name)) {
        throw OAuthError.invalidRequest('a parameter is repeated', {
          detail: PARAMETER_NAME.test(name) ? `parameter ${name}` : undefined,
        });
      }
      seen.add(name);
    }
  }
}

/** What stands for itself: most names, and every token. */
const UNRESERVED = /^[\w.~-]*$/;

/**
 * Decodes one form-urlencoded component, as RFC 6749 appendix B has it.
 *
 * @throws OAuthError `invalid_request`
 */
export function decodeFormComponent(component: string): string {
  if (UNRESERVED.test(component)) return component;
  const decoded = decodeStrictly(component);
  if (decoded.includes('\0')) throw OAuthError.invalidRequest('a parameter holds a NUL byte');
  return decoded;
}

function decodeStrictly(component: string): string {
  try {
    // Raw bytes above 0x7F arrive as latin1 characters: escape them, so that they are checked as UTF-8.
    const escaped = component.replaceAll('+', ' ').replace(/[^\x00-\x7F]/g, escapeByte);
    return decodeURIComponent(escaped);
  } catch (cause) {
    throw OAuthError.invalidRequest('the body is not valid form-urlencoded UTF-8', { cause });
  }
}

function escapeByte(character: string): string {
  return `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
